import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import { BywayError } from '../../src/core/errors.ts'
import type { Means } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Target } from '../../src/core/types.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { settled } from '../helpers/fake-clock.ts'
import { type FakeComputer, fakeComputer } from '../helpers/fake-computer.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { findMade } from '../helpers/state-cases.ts'

const test = suite('networks: dialling through overlays')

const NAMES = ['wireguard', 'zerotier', 'mycelium', 'yggdrasil', 'tinc', 'tailscale']

for (const technology of NAMES) {
  test(`${technology}: absent, it is skipped before its host is read`, async () => {
    const computer = fakeComputer({ interfaces: { eth0: '192.0.2.7' } })
    const error = await caughtByway('UNAVAILABLE', dial(technology, '10.9.0.2', { computer }))
    assert.is(error.skipped, true)
    assert.match(error.message, new RegExp(`^${technology} does not run here: `))
    assert.match(error.hint ?? '', /\w/)
  })
}

/** The means that are needed, and an attempt that the test looks at. */
type Given = Partial<Means> & { readonly attempt?: FakeAttempt }

interface Case {
  readonly name: string
  readonly technology: string
  readonly computer: FakeComputer
  readonly host: string
  /** what it says instead of dialling */
  readonly refused?: RegExp
}

const WIREGUARD = { interfaces: { eth0: '192.0.2.7', wg0: 'wireguard 10.9.0.1' } }
const ZEROTIER = {
  http: { '127.0.0.1:9993/health': { status: 200, json: { online: true, version: '1' } } },
}

const CASES: readonly Case[] = [
  {
    name: 'an address that the tunnel carries',
    technology: 'wireguard',
    computer: { ...WIREGUARD, routes: { '10.9.0.2': 'wg0' } },
    host: '10.9.0.2',
  },
  {
    name: 'an address that goes another way',
    technology: 'wireguard',
    computer: { ...WIREGUARD, routes: { '10.8.0.2': 'eth0' } },
    host: '10.8.0.2',
    refused: /^wireguard: the route leads into eth0 to 10\.8\.0\.2, not into wg0$/,
  },
  {
    name: 'an address that a policy rule leads into the tunnel',
    technology: 'wireguard',
    computer: {
      ...WIREGUARD,
      routes: { '10.88.0.2': 'eth0' },
      sources: { '10.88.0.2': '10.9.0.1' },
    },
    host: '10.88.0.2',
  },
  {
    name: 'an address that is sent to from another interface',
    technology: 'wireguard',
    computer: {
      ...WIREGUARD,
      routes: { '10.8.0.2': 'eth0' },
      sources: { '10.8.0.2': '192.0.2.7' },
    },
    host: '10.8.0.2',
    refused: /^wireguard: the route leads into eth0 to 10\.8\.0\.2, not into wg0$/,
  },
  {
    name: 'an address without a route',
    technology: 'wireguard',
    computer: WIREGUARD,
    host: '10.8.0.2',
    refused: /^wireguard: there is no route to 10\.8\.0\.2, not into wg0$/,
  },
  {
    name: 'one of two tunnels',
    technology: 'wireguard',
    computer: {
      interfaces: { wg0: 'wireguard', wg1: 'wireguard' },
      routes: { '10.9.0.2': 'wg1' },
    },
    host: '10.9.0.2',
  },
  {
    name: 'a name, which the computer looks up',
    technology: 'wireguard',
    computer: WIREGUARD,
    host: 'web01.wg',
  },
  {
    name: 'an IPv6 address',
    technology: 'yggdrasil',
    computer: { interfaces: { tun0: 'tun 200::1' }, routes: { '201:7::1': 'tun0' } },
    host: '201:7::1',
  },
  {
    name: 'a daemon whose interface is not known, and a route',
    technology: 'zerotier',
    computer: { ...ZEROTIER, routes: { '10.147.20.2': 'vpn0' } },
    host: '10.147.20.2',
  },
  {
    name: 'a daemon without an interface, and no route',
    technology: 'zerotier',
    computer: ZEROTIER,
    host: '10.147.20.2',
    refused: /^zerotier: there is no route to 10\.147\.20\.2$/,
  },
]

for (const { name, technology, computer, host, refused } of CASES) {
  test(`${technology}: ${name}${refused === undefined ? '' : ' is skipped'}`, async () => {
    const dialled = dial(technology, host, { computer: fakeComputer(computer), reveal, tcp })
    if (refused === undefined) {
      assert.is((await dialled).description, `${host} 2222`)
      return
    }
    const error = await caughtByway('UNAVAILABLE', dialled)
    assert.match(error.message, refused)
    assert.is(error.skipped, true)
  })
}

const FAILURES: readonly [code: string, skipped: boolean][] = [
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', true],
  ['ECONNREFUSED', false],
  ['ETIMEDOUT', false],
]

for (const [code, skipped] of FAILURES) {
  test(`TCP says ${code}: ${skipped ? 'skipped' : 'failed'}`, async () => {
    const computer = fakeComputer({ ...WIREGUARD, routes: { '10.9.0.2': 'wg0' } })
    const inner = new BywayError('UNAVAILABLE', 'dial x', {
      cause: Object.assign(new Error(code), { code }),
    })
    const fails = () => Promise.reject(new BywayError('UNAVAILABLE', 'dial x', { cause: inner }))
    const dialled = dial('wireguard', '10.9.0.2', { computer, reveal, tcp: fails })
    const error = await caughtByway('UNAVAILABLE', dialled)
    assert.is(error.message, skipped ? 'wireguard: dial x' : 'dial x')
    assert.is(error.skipped, skipped)
  })
}

test('the signal ends the wait for a daemon that hangs', async () => {
  const alive = setInterval(() => {}, 1000)
  const computer = fakeComputer({ http: { '127.0.0.1:9993/health': 'hangs' } })
  const attempt = new FakeAttempt()
  const dialled = dial('zerotier', '10.147.20.2', { computer, attempt })
  attempt.abort('enough')
  assert.is(await caught(dialled), 'enough')
  clearInterval(alive)
})

test('wireguard: a connection that takes long tells of the last handshake', async () => {
  const time = Math.round(Date.now() / 1000) - 7200
  const computer = fakeComputer({
    ...WIREGUARD,
    routes: { '10.9.0.2': 'wg0' },
    programs: {
      'wg show wg0 allowed-ips': 'KEYA=\t0.0.0.0/0 ::/0\nKEYB=\t10.9.0.2/32\nKEYC=\t(none)\n',
      'wg show wg0 latest-handshakes': `KEYA=\t0\nKEYB=\t${time}\n`,
    },
  })
  const attempt = new FakeAttempt()
  const said = attempt.reaches('connect')
  let connected = (_connection: Connection) => {}
  const slow: Means['tcp'] = () =>
    new Promise((resolve) => {
      connected = resolve
    })
  const dialled = dial('wireguard', '10.9.0.2', { computer, reveal, tcp: slow, attempt })
  await said
  connected(fakeConnection('late'))
  await dialled
  assert.is(attempt.stages[0], 'state')
  assert.match(attempt.stages[1] ?? '', /^connect last handshake 720\d s ago$/)
})

test('what is found out once it is connected comes too late to be a step', async () => {
  const programs = { 'wg show': '' }
  const computer = fakeComputer({ ...WIREGUARD, programs, routes: { '10.9.0.2': 'wg0' } })
  const [asked, answer] = [new Gate(), new Gate()]
  const readOutput = async (words: readonly string[]) => {
    asked.open()
    await answer.opened
    return words.includes('allowed-ips') ? 'KEYB=\t10.9.0.2/32\n' : 'KEYB=\t0\n'
  }
  const attempt = new FakeAttempt()
  let connected = (_connection: Connection) => {}
  const slow: Means['tcp'] = () =>
    new Promise((resolve) => {
      connected = resolve
    })
  const means = { computer: { ...computer, readOutput }, reveal, tcp: slow, attempt }
  const dialled = dial('wireguard', '10.9.0.2', means)
  await asked.opened
  connected(fakeConnection('late'))
  await dialled
  answer.open()
  await settled()
  assert.equal(attempt.stages, ['state'])
})

test.run()

/** A promise that the test resolves. */
class Gate {
  open = () => {}
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve
  })
}

function dial(technology: string, host: string, { attempt, ...means }: Given) {
  const route = fakeRoute(fakeNetwork(technology), { at: { plain: host } })
  return findMade(technology, fakeMeans(means)).dial(route, attempt ?? new FakeAttempt())
}

function reveal(at: unknown): Promise<Secret> {
  return Promise.resolve(new Secret((at as { plain: string }).plain))
}

function tcp({ host, port }: Target): Promise<Connection> {
  const text = host instanceof Secret ? host.reveal() : host
  return Promise.resolve(fakeConnection(`${text} ${port}`))
}
