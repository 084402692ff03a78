import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import type { Way } from '../../src/core/daemon.ts'
import { BywayError } from '../../src/core/errors.ts'
import type { Means } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { NetworkState } from '../../src/core/types.ts'
import { caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { type FakeComputer, fakeComputer } from '../helpers/fake-computer.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { findMade } from '../helpers/state-cases.ts'

const STARTABLE: NetworkState = { state: 'startable', detail: 'byway can start it' }
const ABSENT: FakeComputer = { interfaces: { eth0: '192.0.2.7' } }

const test = suite('networks: on demand')

/** Means with a daemon that is dialled this way; what was dialled is in the connection's name. */
function meansWith(way: Way | BywayError, computer: FakeComputer): Means {
  const lease = () => (way instanceof BywayError ? Promise.reject(way) : Promise.resolve(way))
  const name = (by: string) => Promise.resolve(fakeConnection(by))
  return fakeMeans({
    computer: fakeComputer(computer),
    networkDaemon: () => Promise.resolve({ state: () => Promise.resolve(STARTABLE), lease }),
    reveal: (at) => Promise.resolve(new Secret('plain' in at ? at.plain : '')),
    speaksSocks: () => Promise.resolve(false),
    readSetting: (setting) => Promise.resolve(new Secret(String(setting))),
    tcp: () => name('tcp'),
    inside: (pid) => name(`inside ${pid}`),
    socks: ({ at, user, password }) =>
      name(`socks ${JSON.stringify(at)} ${user} ${password?.reveal()}`),
  })
}

function dial(technology: string, means: Means, settings = {}): Promise<Connection> {
  const route = fakeRoute(fakeNetwork(technology, settings), { at: { plain: '10.9.0.2' } })
  return findMade(technology, means).dial(route, new FakeAttempt())
}

for (const technology of ['wireguard', 'zerotier', 'mycelium', 'yggdrasil', 'tinc', 'direct']) {
  test(`${technology}: absent, it is startable, and dialled from inside`, async () => {
    const means = meansWith({ inside: 77 }, ABSENT)
    const network = fakeNetwork(technology)
    const state = await findMade(technology, means).state(network, new AbortController().signal)
    assert.equal(state, STARTABLE)
    assert.is((await dial(technology, means)).description, 'inside 77')
  })
}

test('that it is startable is noted before it is started', async () => {
  const attempt = new FakeAttempt()
  const route = fakeRoute(fakeNetwork('tinc'), { at: { plain: '10.9.0.2' } })
  await findMade('tinc', meansWith({ inside: 77 }, ABSENT)).dial(route, attempt)
  assert.equal(attempt.stages, ['state', 'start startable: byway can start it'])
})

test('through its proxy, with user and password', async () => {
  const place = { host: '127.0.0.1', port: 1085, user: 'u', password: 'p' }
  const { description } = await dial('wireguard', meansWith({ socks: place }, ABSENT))
  assert.is(description, 'socks {"host":"127.0.0.1","port":1085} u p')
})

test('an overlay that runs and leads to the peer is taken as it is', async () => {
  const computer = { interfaces: { wg0: 'wireguard 10.9.0.1' }, routes: { '10.9.0.2': 'wg0' } }
  assert.is((await dial('wireguard', meansWith({ inside: 77 }, computer))).description, 'tcp')
})

test('one that runs and leads elsewhere is another network: it is started', async () => {
  const computer = { interfaces: { wg0: 'wireguard 10.8.0.1' }, routes: { '10.9.0.2': 'eth0' } }
  const { description } = await dial('wireguard', meansWith({ inside: 77 }, computer))
  assert.is(description, 'inside 77')
})

test('a proxy that does not speak is started; its own address counts for nothing', async () => {
  const way = { socks: { path: '/run/x/socks' } }
  const { description } = await dial('socks', meansWith(way, ABSENT), { socks: '127.0.0.1:1' })
  assert.is(description, 'socks {"path":"/run/x/socks"} undefined undefined')
})

test('what is missing is said, and costs the others no time', async () => {
  const missing = new BywayError('UNAVAILABLE', 'no program "wg"', { skipped: true })
  const error = await caughtByway('UNAVAILABLE', dial('tinc', meansWith(missing, ABSENT)))
  assert.is(error, missing)
})

test.run()
