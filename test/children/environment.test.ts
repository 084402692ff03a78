import { homedir } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { homeOf, withoutKeys } from '../../src/children/environment.ts'

const test = suite('children/environment')

test('variables that hold keys are left out, all others stay', () => {
  const env = { HOME: '/h', SOPS_AGE_KEY: 'secret', AGE_KEY: 'secret', SOPS_AGE_KEY_FILE: '/k' }
  assert.equal(withoutKeys(env), { HOME: '/h', SOPS_AGE_KEY_FILE: '/k' })
})

test('the home is what HOME says, else what the system knows', () => {
  assert.is(homeOf({ HOME: '/home/me' }), '/home/me')
  assert.is(homeOf({ HOME: '' }), homedir())
})

test.run()
