import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/wireguard: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }

const CASES: readonly StateCase[] = [
  {
    name: 'no interface of it',
    computer: { interfaces: { ...UPLINK, tun0: 'tun 10.9.0.1' } },
    state: 'absent',
    detail: 'no interface with WireGuard',
  },
  {
    name: 'one of the kernel’s, by whatever name',
    computer: { interfaces: { office: 'wireguard 10.9.0.1 fe80::1' } },
    state: 'running',
    detail: 'office (10.9.0.1)',
  },
  {
    name: 'one outside the kernel, by its socket',
    computer: {
      interfaces: { tun7: 'tun 10.9.0.1' },
      folders: { '/var/run/wireguard': ['tun7.sock', 'wg0.name'] },
    },
    state: 'running',
    detail: 'tun7 (10.9.0.1)',
  },
  {
    name: 'a tunnel of macOS, but none of the system’s own',
    computer: { interfaces: { utun0: 'fe80::1', utun4: '10.9.0.1 fe80::2' } },
    state: 'running',
    detail: 'utun4 (10.9.0.1)',
  },
  {
    name: 'without an address',
    computer: { interfaces: { wg0: 'wireguard' } },
    state: 'running',
    detail: 'wg0',
  },
  {
    name: 'the last handshake',
    computer: {
      interfaces: { wg0: 'wireguard 10.9.0.1' },
      programs: { 'wg show wg0 latest-handshakes': handshake(12) },
    },
    state: 'running',
    detail: /^wg0 \(10\.9\.0\.1\), last handshake 1[2-9] s ago$/,
  },
  {
    name: 'the last handshake, asked of a program',
    computer: {
      interfaces: { tun7: 'tun 10.9.0.1' },
      folders: { '/var/run/wireguard': ['tun7.sock'] },
      spoken: { '/var/run/wireguard/tun7.sock': spoken(12) },
    },
    state: 'running',
    detail: /^tun7 \(10\.9\.0\.1\), last handshake 1[2-9] s ago$/,
  },
  {
    name: 'no handshake yet',
    computer: {
      interfaces: { wg0: 'wireguard' },
      programs: { 'wg show wg0 latest-handshakes': 'KEYA=\t0\n' },
    },
    state: 'running',
    detail: 'wg0, no handshake yet',
  },
]

for (const expected of CASES) test(expected.name, () => checkState('wireguard', expected))

test.run()

function handshake(secondsAgo: number): string {
  return `KEYA=\t0\nKEYB=\t${Math.round(Date.now() / 1000) - secondsAgo}\n`
}

/** As wireguard-go says it. */
function spoken(secondsAgo: number): string {
  const time = Math.round(Date.now() / 1000) - secondsAgo
  return `private_key=00
listen_port=51820
public_key=aa
last_handshake_time_sec=0
allowed_ip=10.9.0.3/32
public_key=bb
last_handshake_time_sec=${time}
allowed_ip=10.9.0.2/32
errno=0

`
}
