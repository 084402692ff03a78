import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../src/core/connection.ts'
import type { Technology } from '../src/core/types.ts'
import { reach } from '../src/reach.ts'
import { caught } from './helpers/errors.ts'
import { settled } from './helpers/fake-clock.ts'
import { fakeConnection, fakeNetwork, fakeRoute } from './helpers/fake-means.ts'

const test = suite('reach')

const RULES = { self: null, stagger: 250, grace: 150, timeout: 10, untouched: false }

test('broken off just when a connection comes: it is closed', async () => {
  const control = new AbortController()
  let closed = false
  const silent: Connection = {
    ...fakeConnection('silent'),
    read: () => new Promise(() => {}),
    close: () => {
      closed = true
    },
  }
  const technology: Technology = {
    name: 'late',
    state: () => Promise.resolve({ state: 'running', detail: '' }),
    dial: () => {
      control.abort('enough')
      return Promise.resolve(silent)
    },
  }
  const route = fakeRoute(fakeNetwork('late'), { at: { plain: 'web' } })
  const technologies = new Map([['late', technology]])
  const race = reach([route], { ...RULES, technologies, signal: control.signal })
  assert.is(await caught(race), 'enough')
  await settled()
  assert.ok(closed)
})

test.run()
