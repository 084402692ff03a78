import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Way } from '../../src/core/daemon.ts'
import type { Means } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import { TECHNOLOGIES } from '../../src/core/technologies.ts'
import type { NetworkState } from '../../src/core/types.ts'
import { caught, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { type FakeComputer, fakeComputer } from '../helpers/fake-computer.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { inventOnion, SPELLINGS } from '../helpers/onion-names.ts'
import { findMade } from '../helpers/state-cases.ts'

const NETWORKS = fileURLToPath(new URL('../../src/networks/', import.meta.url))
const BODY = inventOnion().replace('.onion', '')
const VAR = { at: { var: { machine: 'web', generator: 'tor_tor', file: 'hostname' } } }
const STARTABLE: NetworkState = { state: 'startable', detail: 'byway can start it' }

const SETTINGS = {
  socks: '127.0.0.1:1080',
  http: 'http://127.0.0.1:3128',
  jump: 'gate',
  command: ['nc', '{host}', '{port}'],
}

const TAILSCALED = { BackendState: 'Running', Version: '1.102.5', TailscaleIPs: ['100.64.0.1'] }
const STATUS = '/var/run/tailscale/tailscaled.sock/localapi/v0/status'

/** Every overlay runs here. */
const COMPUTER: FakeComputer = {
  interfaces: {
    wg0: 'wireguard 10.9.0.7',
    ztbtovjx4h: 'tap 10.147.20.7',
    my0: 'tun 400::7',
    ygg0: 'tun 200::7',
    tailscale0: 'tun 100.64.0.7',
    tinc0: 'tun 10.3.0.7',
  },
  texts: { '/var/run/tinc.pid': '7' },
  http: { [STATUS]: { status: 200, json: TAILSCALED } },
  programs: { 'nc ': '', 'ssh ': '', 'dumbpipe ': '' },
}
/** None does but tailscaled, which has no interface; programs are there. */
const BARE: FakeComputer = { http: COMPUTER.http ?? {}, programs: COMPUTER.programs ?? {} }

/** How a network is reached: by what runs here, or by a daemon of byway's own. */
const WAYS: readonly [name: string, computer: FakeComputer, way: Way | null][] = [
  ['as it runs here', COMPUTER, null],
  ['by a daemon in a namespace', BARE, { inside: 77 }],
  ['by a daemon’s proxy', BARE, { socks: { host: '127.0.0.1', port: 1085 } }],
]

const test = suite('networks: onion names')

for (const { name: technology } of TECHNOLOGIES.filter(({ name }) => name !== 'tor')) {
  for (const [name, computer, way] of WAYS) {
    test(`${technology}, ${name}: told to nobody, however it is spelt`, async () => {
      for (const [spelling, spell] of Object.entries(SPELLINGS)) {
        const told: unknown[] = []
        const means = meansWith({ host: spell(BODY), told, computer, way })
        const settings = technology in SETTINGS ? pick(technology) : {}
        const route = fakeRoute(fakeNetwork(technology, settings), VAR)
        const error = await caught(findMade(technology, means).dial(route, new FakeAttempt()))
        assert.match(String(error), 'an onion name is reached by tor only', spelling)
        assert.equal(told, [], spelling)
        hides(error, BODY)
      }
    })
  }
}

test('tor is told it in plain letters, or nothing', async () => {
  for (const [spelling, spell] of Object.entries(SPELLINGS)) {
    const told: unknown[] = []
    const means = meansWith({ host: spell(BODY), told, computer: BARE, way: null })
    const route = fakeRoute(fakeNetwork('tor'), VAR)
    const dial = findMade('tor', means).dial(route, new FakeAttempt())
    if (/port|zone|user/.test(spelling)) hides(await caught(dial), BODY)
    else await dial
    const names = spelling === 'below it' ? `www.${BODY}.onion` : `${BODY}.onion`
    assert.equal(told, /port|zone|user/.test(spelling) ? [] : [names], spelling)
  }
})

test('a proxy of another network’s is taken for no tor', async () => {
  const told: unknown[] = []
  const asked: unknown[] = []
  const means = meansWith({ host: `${BODY}.onion`, told, computer: BARE, way: null, asked })
  const network = fakeNetwork('socks', { socks: '192.0.2.9:1080' })
  const host = { at: { plain: `${BODY}.onion` }, technology: 'tor' }
  await findMade('tor', means).dial(fakeRoute(network, host), new FakeAttempt())
  assert.equal(asked, ['127.0.0.1', '127.0.0.1'])
})

test('no network reads a route’s host but by revealHost', () => {
  for (const file of readdirSync(NETWORKS)) {
    const text = readFileSync(join(NETWORKS, file), 'utf8')
    assert.not.match(text, /reveal(?:Text)?\(\s*(?:route\.)?host/, file)
  }
})

test.run()

interface Given {
  readonly host: string
  /** names that somebody was told */
  readonly told: unknown[]
  readonly computer: FakeComputer
  readonly way: Way | null
  /** hosts of proxies that were asked whether they speak SOCKS5 */
  readonly asked?: unknown[]
}

function meansWith({ host, told, computer, way, asked = [] }: Given): Means {
  const note = (text: unknown) => {
    told.push(text instanceof Secret ? text.reveal() : text)
    return Promise.resolve(fakeConnection('x'))
  }
  const daemon = {
    state: () => Promise.resolve(STARTABLE),
    lease: () => Promise.resolve(way as Way),
  }
  return fakeMeans({
    computer: fakeComputer(computer),
    reveal: () => Promise.resolve(new Secret(host)),
    readSetting: (setting) => Promise.resolve(new Secret(String(setting))),
    speaksSocks: ({ at }) => {
      asked.push('host' in at && at.host)
      return Promise.resolve(way === null)
    },
    networkDaemon: () => Promise.resolve(way === null ? null : daemon),
    tcp: (target) => note(target.host),
    socks: (_proxy, target) => note(target.host),
    httpConnect: (_proxy, target) => note(target.host),
    inside: (_pid, target) => note(target.host),
    upgrade: (_service, request) => note(request),
    command: ({ words }) => note(words),
    jumpProgram: (_jumps, target) => note(target.host).then(() => ({ words: ['ssh'] })),
  })
}

function pick(technology: string) {
  return { [technology]: Reflect.get(SETTINGS, technology) }
}
