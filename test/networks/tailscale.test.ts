import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import type { Means } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { NetworkSettings, Target } from '../../src/core/types.ts'
import { makeTailscale } from '../../src/networks/tailscale.ts'
import { caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { type FakeComputer, fakeComputer } from '../helpers/fake-computer.ts'
import { fakeConnection, fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'

const test = suite('networks/tailscale')

interface How {
  readonly attempt?: FakeAttempt
  readonly settings?: NetworkSettings
}

const STATUS = '/var/run/tailscale/tailscaled.sock/localapi/v0/status'

/** As tailscaled 1.102 prints it, shortened. */
const PEERS = {
  'nodekey:01': {
    DNSName: 'web01.tail1234.ts.net.',
    HostName: 'Web01',
    TailscaleIPs: ['100.64.0.2', 'fd7a:115c:a1e0::2'],
    Online: true,
    LastSeen: '0001-01-01T00:00:00Z',
  },
  'nodekey:02': {
    DNSName: 'renamed.tail1234.ts.net.',
    HostName: 'Web02',
    TailscaleIPs: ['100.64.0.3'],
    Online: true,
  },
  'nodekey:03': {
    DNSName: 'gone.tail1234.ts.net.',
    HostName: 'gone',
    TailscaleIPs: ['100.64.0.4'],
    Online: false,
    LastSeen: '2026-01-02T03:04:05Z',
  },
  'nodekey:04': { DNSName: 7, TailscaleIPs: 'none' },
}

const HOSTS: readonly [name: string, host: string, dialled: string][] = [
  ['a MagicDNS name', 'web01.tail1234.ts.net', '100.64.0.2'],
  ['in other letters, with a dot', 'WEB01.tail1234.ts.net.', '100.64.0.2'],
  ['its first part', 'web01', '100.64.0.2'],
  ['a hostname that is no MagicDNS name', 'web02', '100.64.0.3'],
  ['an address', '100.64.0.2', '100.64.0.2'],
  ['the second address', 'fd7a:115c:a1e0::2', 'fd7a:115c:a1e0::2'],
  ['a name of nobody', 'printer.lan', 'printer.lan'],
  ['an address behind a subnet router', '10.1.2.3', '10.1.2.3'],
]

for (const [name, host, dialled] of HOSTS) {
  test(`with an interface: ${name}`, async () => {
    const means = fakeMeans({ ...running({ TUN: true }), reveal, tcp })
    assert.is((await dial(host, means)).description, `tcp ${dialled} 2222`)
  })

  test(`without an interface: ${name}`, async () => {
    const asked: Parameters<Means['upgrade']>[] = []
    const upgrade: Means['upgrade'] = (...args) => {
      asked.push(args)
      return Promise.resolve(fakeConnection('tailscaled'))
    }
    await dial(host, fakeMeans({ ...running({ TUN: false }), reveal, upgrade }))
    const [service, request] = asked[0] ?? []
    assert.equal(service?.at, { path: '/var/run/tailscale/tailscaled.sock' })
    assert.equal(request, {
      method: 'POST',
      path: '/localapi/v0/dial',
      protocol: 'ts-dial',
      headers: { Host: 'local-tailscaled.sock', 'Dial-Host': dialled, 'Dial-Port': '2222' },
    })
  })
}

test('the daemon is called by the name that it wants', async () => {
  const asked: string[] = []
  await makeTailscale(fakeMeans(running({}, asked))).state(fakeNetwork('tailscale'), never())
  assert.ok(asked.includes(`${STATUS}?peers=false as local-tailscaled.sock`), asked.join())
})

const HINTS: readonly [state: string, hint: RegExp][] = [
  ['NeedsLogin', /log in: "tailscale up"/],
  ['Stopped', /"tailscale up"/],
  ['NeedsMachineAuth', /administrator/],
  ['Starting', /start tailscaled/],
]

for (const [state, hint] of HINTS) {
  test(`${state}: it is skipped, with what to do`, async () => {
    const means = fakeMeans(running({ BackendState: state }))
    const error = await caughtByway('UNAVAILABLE', dial('web01', means))
    assert.match(error.message, new RegExp(`is ${state}$`))
    assert.match(error.hint ?? '', hint)
    assert.is(error.skipped, true)
  })
}

test('an app that cannot be asked: the computer looks the name up', async () => {
  const computer = fakeComputer({ interfaces: { utun4: 'fd7a:115c:a1e0::1' } })
  const connection = await dial('web01', fakeMeans({ computer, reveal, tcp }))
  assert.is(connection.description, 'tcp web01 2222')
})

test('a peer that is offline is tried only where nothing else is left', async () => {
  const attempt = new FakeAttempt()
  const permits: (() => void)[] = []
  const mayStart = () => new Promise<void>((resolve) => permits.push(resolve))
  const parked = attempt.reaches('state')
  const means = fakeMeans({ ...running({ TUN: true }), reveal, tcp })
  const dialled = dial('gone', means, { attempt: Object.assign(attempt, { mayStart }) })
  await parked
  while (permits.length === 0) await new Promise(setImmediate)
  assert.is(
    attempt.stages.at(-1),
    'state "gone.tail1234.ts.net" is offline in the tailnet, last seen 2026-01-02T03:04:05Z',
  )
  permits[0]?.()
  assert.is((await dialled).description, 'tcp 100.64.0.4 2222')
})

test('a peer that is offline and does not answer is called offline', async () => {
  const fails: Means['tcp'] = () => Promise.reject(new Error('no answer'))
  const means = fakeMeans({ ...running({ TUN: true }), reveal, tcp: fails })
  const error = await caughtByway('UNAVAILABLE', dial('gone', means))
  assert.match(error.message, /^tailscale: "gone\.tail1234\.ts\.net" is offline in the tailnet, /)
  assert.match(error.hint ?? '', /is the machine on/)
})

test('with "socks" it is a proxy like any other', async () => {
  const socks: Means['socks'] = ({ at }, { port }) =>
    Promise.resolve(fakeConnection(`${JSON.stringify(at)} ${port}`))
  const readSetting = () => Promise.resolve(new Secret('127.0.0.1:1055'))
  const speaksSocks = () => Promise.resolve(true)
  const means = fakeMeans({ reveal, socks, readSetting, speaksSocks })
  const settings = { socks: '127.0.0.1:1055' }
  const { state } = await makeTailscale(means).state(fakeNetwork('tailscale', settings), never())
  assert.is(state, 'running')
  const connection = await dial('web01', means, { settings })
  assert.is(connection.description, '{"host":"127.0.0.1","port":1055} 2222')
})

test.run()

/** A computer whose tailscaled has this to say beside the usual. */
function running(status: object, asked: string[] = []) {
  const self = { BackendState: 'Running', Version: '1.102.5-t1', TailscaleIPs: ['100.64.0.1'] }
  const answer = { status: 200, json: { ...self, Peer: PEERS, ...status } }
  const http: FakeComputer['http'] = { [STATUS]: answer, [`${STATUS}?peers=false`]: answer }
  return { computer: fakeComputer({ http }, asked) }
}

function dial(
  host: string,
  means: Means,
  { attempt = new FakeAttempt(), settings = {} }: How = {},
) {
  const route = fakeRoute(fakeNetwork('tailscale', settings), { at: { plain: host } })
  return makeTailscale(means).dial(route, attempt)
}

function never(): AbortSignal {
  return new AbortController().signal
}

function reveal(at: unknown): Promise<Secret> {
  return Promise.resolve(new Secret((at as { plain: string }).plain))
}

function tcp({ host, port }: Target): Promise<Connection> {
  const text = host instanceof Secret ? host.reveal() : host
  return Promise.resolve(fakeConnection(`tcp ${text} ${port}`))
}
