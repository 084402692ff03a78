import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'
import type { Location, Target } from '../../src/core/types.ts'
import { makeDirect } from '../../src/networks/direct.ts'
import { caught } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const AT: Location = { var: { machine: 'web', generator: 'mycelium', file: 'ip' } }

const test = suite('networks/direct')

test('is always running, and looks at nothing', async () => {
  const technology = makeDirect(fakeMeans({}))
  const { state } = await technology.state(fakeNetwork('direct'), new AbortController().signal)
  assert.is(state, 'running')
})

test('dials TCP to the host that is revealed', async () => {
  const connection = fakeConnection('x')
  const asked: unknown[] = []
  const means = fakeMeans({
    reveal: (at, clan) => {
      asked.push(at, clan)
      return Promise.resolve(new Secret('192.0.2.7'))
    },
    tcp: ({ host, port }: Target) => {
      asked.push(host instanceof Secret && host.reveal(), port)
      return Promise.resolve(connection)
    },
  })
  const route = fakeRoute(fakeNetwork('direct'), { at: AT })
  assert.is(await makeDirect(means).dial(route, new FakeAttempt()), connection)
  assert.equal(asked, [AT, '/clan', '192.0.2.7', 2222])
})

test('a host that cannot be revealed is the error', async () => {
  const fault = new Error('no key')
  const means = fakeMeans({ reveal: () => Promise.reject(fault) })
  const route = fakeRoute(fakeNetwork('direct'), { at: AT })
  assert.is(await caught(makeDirect(means).dial(route, new FakeAttempt())), fault)
})

test.run()
