import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DaemonMeans, Means, SocksProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Host, NetworkSettings } from '../../src/core/types.ts'
import { makeTor } from '../../src/networks/tor.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { inventOnion } from '../helpers/onion-names.ts'

const HOST = { at: { plain: '192.0.2.7' } }
const { signal } = new AbortController()

const test = suite('networks/tor')

/** What is known of a tor and of a name. */
interface Known {
  readonly ownSocks?: true
  readonly trusted?: boolean
  readonly isPublic?: boolean
}

/** What a tor that was dialled was told. */
interface Dialled {
  readonly at: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly words: string | undefined
}

/** A computer on which these SOCKS ports speak; what is dialled is noted. */
class World {
  readonly asked: string[] = []
  readonly dialled: Dialled[] = []
  readonly #speaking: readonly string[]
  readonly #own: DaemonMeans

  constructor(speaking: readonly string[], own: Partial<DaemonMeans> = {}) {
    this.#speaking = speaking
    const never = () => Promise.reject(new Error('no daemon was to be started'))
    this.#own = { state: never, lease: never, ...own }
  }

  get means(): Means {
    return fakeMeans({
      readSetting: (setting) => Promise.resolve(new Secret(String(setting))),
      reveal: (at) => Promise.resolve(new Secret('plain' in at ? at.plain : 'KEY')),
      whyLeftAlone: () => Promise.resolve(null),
      speaksSocks: ({ at }) => {
        this.asked.push(show(at))
        return Promise.resolve(this.#speaking.includes(show(at)))
      },
      socks: ({ at, user, password, replies }) => {
        const words = replies?.[0xf0]?.reason
        this.dialled.push({ at: show(at), user, password: password?.reveal(), words })
        return Promise.resolve(fakeConnection('x'))
      },
      daemon: () => this.#own,
    })
  }
}

interface StateCase {
  readonly name: string
  readonly speaking: readonly string[]
  readonly settings?: NetworkSettings
  readonly state: string
  readonly detail: string
}

const STATES: readonly StateCase[] = [
  {
    name: 'the daemon’s usual port',
    speaking: ['127.0.0.1:9050', '127.0.0.1:9150'],
    state: 'running',
    detail: 'tor at 127.0.0.1:9050',
  },
  {
    name: 'the Tor Browser’s port',
    speaking: ['127.0.0.1:9150'],
    state: 'running',
    detail: 'tor at 127.0.0.1:9150',
  },
  {
    name: 'the chosen port, and no other',
    speaking: ['127.0.0.1:9050'],
    settings: { socks: '127.0.0.1:9999' },
    state: 'absent',
    detail: 'no tor: 127.0.0.1:9999 does not speak SOCKS5',
  },
  {
    name: 'the chosen unix socket',
    speaking: ['/run/tor/socks'],
    settings: { socks: 'unix:/run/tor/socks' },
    state: 'running',
    detail: 'tor at /run/tor/socks',
  },
]

for (const { name, speaking, settings, state, detail } of STATES) {
  test(`state: ${name}`, async () => {
    const { means } = new World(speaking)
    assert.equal(await makeTor(means).state(fakeNetwork('tor', settings), signal), {
      state,
      detail,
    })
  })
}

test('state: none runs, byway’s own could be started', async () => {
  const own = { state: 'startable', detail: 'tor is /usr/bin/tor' } as const
  const { means } = new World([], { state: () => Promise.resolve(own) })
  assert.equal(await makeTor(means).state(fakeNetwork('tor'), signal), own)
})

test('dials by the first that speaks, with tor’s words for its replies', async () => {
  const world = new World(['127.0.0.1:9150'])
  const attempt = new FakeAttempt()
  await makeTor(world.means).dial(fakeRoute(fakeNetwork('tor'), HOST), attempt)
  const [{ at, words } = {}] = world.dialled
  assert.is(at, '127.0.0.1:9150')
  assert.is(words, 'the onion service is not found: nobody has its descriptor')
  assert.equal(attempt.stages, ['state'])
})

test('user and password of the settings are kept', async () => {
  const world = new World(['proxy:9050'])
  const network = fakeNetwork('tor', { socks: 'me:hunter2@proxy:9050' })
  await makeTor(world.means).dial(fakeRoute(network, HOST), new FakeAttempt())
  const [{ user, password } = {}] = world.dialled
  assert.equal([user, password], ['me', 'hunter2'])
})

for (const letter of ['m', 'ü', '東']) {
  test(`a machine’s name as long as may be, of ${letter}: it fits into RFC 1929`, async () => {
    const [{ user = '', password = '' } = {}] = await dialAll(letter.repeat(253))
    for (const text of [user, password]) assert.ok(Buffer.byteLength(text) <= 255)
  })
}

const ISOLATED: readonly [name: string, one: string, other: string][] = [
  ['two machines', 'web', 'db'],
  ['two with long names that differ at the end', `${'m'.repeat(252)}a`, `${'m'.repeat(252)}b`],
]

for (const [name, one, other] of ISOLATED) {
  test(`${name} share no circuit: user or password differ`, async () => {
    const [first, second, again] = await dialAll(one, other, one)
    assert.not.equal([first?.user, first?.password], [second?.user, second?.password])
    assert.equal(first, again, 'the same machine shares its own')
  })
}

test('none speaks: byway’s own is leased', async () => {
  const proxy: SocksProxy = { at: { path: '/run/byway/tor/socks' } }
  const authorize = () => Promise.reject(new Error('nobody asked for a key'))
  const world = new World([], { lease: () => Promise.resolve({ proxy, authorize }) })
  const attempt = new FakeAttempt()
  await makeTor(world.means).dial(fakeRoute(fakeNetwork('tor'), HOST), attempt)
  assert.equal(world.asked, ['127.0.0.1:9050', '127.0.0.1:9150'])
  assert.is(world.dialled[0]?.at, '/run/byway/tor/socks')
  assert.equal(attempt.stages, ['state', 'start'])
})

test('the chosen one does not speak: no other is asked, and none is started', async () => {
  const world = new World(['127.0.0.1:9050'])
  const network = fakeNetwork('tor', { socks: '127.0.0.1:9999' })
  const dial = makeTor(world.means).dial(fakeRoute(network, HOST), new FakeAttempt())
  const error = await caughtByway('UNAVAILABLE', dial)
  assert.match(error.message, '127.0.0.1:9999 does not speak SOCKS5')
  assert.equal(world.asked, ['127.0.0.1:9999'])
})

const SECRET: Host = { at: { var: { machine: 'web', generator: 'tor_tor', file: 'hostname' } } }

for (const [socks, known, isTold] of [
  ['192.0.2.9:9050', {}, false],
  ['tor.example:9050', {}, false],
  ['127.0.0.1:9052', {}, true],
  ['[::1]:9052', {}, true],
  ['localhost:9052', {}, true],
  ['unix:/run/tor/socks', {}, true],
  ['192.0.2.9:9050', { ownSocks: true }, true],
  ['192.0.2.9:9050', { trusted: true }, true],
  ['192.0.2.9:9050', { isPublic: true }, true],
] as const) {
  const name = `a secret name, ${JSON.stringify(known)}, is ${isTold ? '' : 'not '}for ${socks}`
  test(name, async () => {
    const { trusted = false, isPublic = false, ...own } = { ...known } as Known
    const place = socks.replace('unix:', '').replace(/[[\]]/g, '')
    const world = new World([place])
    const means = Object.assign(Object.create(world.means), {
      reveal: () => Promise.resolve(new Secret(inventOnion(), isPublic)),
      trusts: () => trusted,
    })
    const route = fakeRoute({ ...fakeNetwork('tor', { socks }), ...own }, SECRET)
    const dial = makeTor(means).dial(route, new FakeAttempt())
    if (isTold) await dial
    else assert.match((await caughtByway('CONFIG', dial)).hint ?? '', 'networks.tor.socks')
    assert.is(world.dialled.length, isTold ? 1 : 0)
  })
}

test('an onion name with a typo is refused before anybody is asked', async () => {
  const world = new World(['127.0.0.1:9050'])
  const host = { at: { plain: `${'q'.repeat(56)}.onion` } }
  const dial = makeTor(world.means).dial(fakeRoute(fakeNetwork('tor'), host), new FakeAttempt())
  await caughtByway('DATAERR', dial)
  assert.equal(world.asked, [])
})

test('a daemon that cannot be started is the error', async () => {
  const fault = new Error('no such program')
  const { means } = new World([], { lease: () => Promise.reject(fault) })
  const dial = makeTor(means).dial(fakeRoute(fakeNetwork('tor'), HOST), new FakeAttempt())
  assert.is(await caught(dial), fault)
})

test.run()

/** Dials machines of these names, one after the other. */
async function dialAll(...machines: readonly string[]): Promise<readonly Dialled[]> {
  const world = new World(['127.0.0.1:9050'])
  for (const machine of machines) {
    const route = { ...fakeRoute(fakeNetwork('tor'), HOST), machine }
    await makeTor(world.means).dial(route, new FakeAttempt())
  }
  return world.dialled
}

function show(at: SocksProxy['at']): string {
  return 'path' in at ? at.path : `${at.host}:${at.port}`
}
