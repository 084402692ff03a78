// serial
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { makeComputer } from '../../src/computer/computer.ts'
import { type Lab, makeLab, untilSucceeds } from '../helpers/hosts.ts'
import { suite } from '../helpers/suite.ts'

const PROGRAM = fileURLToPath(new URL('look.ts', import.meta.url))
const NODE = [process.execPath, '--import', import.meta.resolve('tsx')]

/** Interfaces of all kinds, and ways that the main table tells, does not tell, and tells wrongly. */
const SETUP = `set -e
ip addr add 2001:db8::1/64 dev eth0 nodad
ip link add lan type bridge
ip link set lan up
ip tuntap add dev idle mode tun
ip link set idle up
ip tuntap add dev off mode tap
ip addr add 10.70.0.1/24 dev wg0
ip link set wg0 up
ip -6 addr add 201:7::1/7 dev tun9 nodad
ip route add 10.71.0.0/24 dev tap9
ip route add default via 198.51.100.254
ip route add default dev tun9 table 77
ip rule add to 10.72.0.0/24 lookup 77
ip route add unreachable 10.73.0.0/24
ip route add 10.88.0.0/16 via 198.51.100.254
ip route add 10.88.0.0/24 dev wg0 table 100
ip rule add to 10.88.0.0/24 lookup 100
`

const ROUTES: Readonly<Record<string, string | null>> = {
  '198.51.100.9': 'eth0',
  '10.70.0.2': 'wg0',
  '10.71.0.2': 'tap9',
  '10.72.0.2': 'tun9',
  '10.73.0.2': null,
  '10.88.0.2': 'eth0',
  '192.0.2.1': 'eth0',
  '127.0.0.1': 'lo',
  '203:abc::1': 'tun9',
  '2001:db8::9': 'eth0',
  '2001:db9::9': null,
  'no address': null,
}

/** From which address it would send there, by policy rules as well. */
const SOURCES: Readonly<Record<string, string | null>> = {
  '10.88.0.2': '10.70.0.1',
  '10.88.1.2': '198.51.100.1',
  '10.72.0.2': '10.72.1.1',
  '10.73.0.2': null,
  '203:abc::1': '201:7::1',
}

interface Found {
  readonly interfaces: Readonly<Record<string, { kind: string | null; addresses: string[] }>>
  readonly routes: Readonly<Record<string, string | null>>
  readonly sources: Readonly<Record<string, string | null>>
}

const test = suite<{ lab: Lab; found: Found }>('computer')

test.before(async (context) => {
  const lab = await makeLab(['desk'])
  const desk = lab.host('desk')
  desk.start(['wireguard-go', '--foreground', 'wg0'])
  desk.start(['socat', 'TUN:10.72.1.1/24,tun-name=tun9,iff-no-pi,iff-up', 'PIPE'])
  desk.start(['socat', 'TUN,tun-name=tap9,tun-type=tap,iff-up', 'PIPE'])
  await untilSucceeds(desk, ['ip', 'link', 'show', 'wg0'])
  for (const device of ['tun9', 'tap9']) {
    // it is there before it has its address and is up
    await untilSucceeds(desk, ['sh', '-c', `ip link show ${device} | grep -q '[<,]UP[,>]'`])
  }
  await desk.run(['sh', '-c', SETUP])
  const { stdout } = await desk.run([...NODE, PROGRAM, ...Object.keys({ ...ROUTES, ...SOURCES })])
  context.lab = lab
  context.found = JSON.parse(stdout.toString())
})

test.after(({ lab }) => lab.stop())

test('interfaces that are up, with their kinds and addresses', ({ found }) => {
  const { lan, ...interfaces } = found.interfaces
  assert.equal(interfaces, {
    eth0: { kind: null, addresses: ['198.51.100.1', '2001:db8::1'] },
    eth1: { kind: null, addresses: ['203.0.113.1'] },
    wg0: { kind: 'tun', addresses: ['10.70.0.1'] },
    tun9: { kind: 'tun', addresses: ['10.72.1.1', '201:7::1'] },
    tap9: { kind: 'tap', addresses: [] },
  })
  assert.ok(lan === undefined || lan.kind === 'bridge', 'without a port it may be down')
})

for (const [address, device] of Object.entries(ROUTES)) {
  test(`${address} is reached by ${device ?? 'nothing'}`, ({ found }) => {
    assert.is(found.routes[address], device)
  })
}

for (const [address, source] of Object.entries(SOURCES)) {
  test(`${address} is sent to from ${source ?? 'nowhere'}`, ({ found }) => {
    assert.is(found.sources[address], source)
  })
}

test('folders and files', () => {
  const computer = makeComputer({ findProgram: (name) => `/bin/${name}` })
  assert.ok(computer.list('/proc').includes('version'))
  assert.equal(computer.list('/proc/version'), [])
  assert.match(computer.readText('/proc/version') ?? '', /^Linux/)
  assert.is(computer.readText('/proc/nothing'), null)
  assert.is(computer.findProgram('wg'), '/bin/wg')
})

test.run()
