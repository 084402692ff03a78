import { format, inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'

const VALUE = 'hunter2.onion'

const test = suite('core/secret')
const secret = new Secret(VALUE)
const object: object = secret

const WAYS: readonly [name: string, shown: string][] = [
  ['a template', `${secret}`],
  ['String()', String(secret)],
  ['joined to a text', ['', object].join('')],
  ['in a list', String([secret])],
  ['JSON', JSON.stringify(secret)],
  ['JSON of an object', JSON.stringify({ deep: [{ secret }] })],
  ['inspection', inspect(secret)],
  ['inspection of all that is hidden', inspect({ secret }, { showHidden: true, depth: null })],
  ['inspection without ours', inspect(secret, { customInspect: false, showHidden: true })],
  ['console’s %s', format('%s', secret)],
  ['console’s %o', format('%o', secret)],
  ['console’s %j', format('%j', secret)],
  ['an error’s message', new Error(`dial ${secret}`).message],
  ['an error with it as cause', inspect(new Error('x', { cause: secret }))],
  ['its properties', JSON.stringify(Object.getOwnPropertyNames(secret))],
  ['a copy', JSON.stringify({ ...secret })],
  ['a structured clone', inspect(structuredClone(object))],
]

for (const [name, shown] of WAYS) {
  test(`${name} does not show it`, () => assert.not.ok(shown.includes('hunter2'), shown))
}

test('shows as [secret]', () => {
  assert.is(`${secret}`, '[secret]')
  assert.is(JSON.stringify({ secret }), '{"secret":"[secret]"}')
  assert.is(inspect({ secret }), '{ secret: [secret] }')
})

test('reveal() gives it', () => assert.is(secret.reveal(), VALUE))

test.run()
