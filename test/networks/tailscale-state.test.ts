import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/tailscale: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }
const TAILSCALED = '/var/run/tailscale/tailscaled.sock'
const PLACES = `${TAILSCALED}, /var/run/tailscaled.socket, /var/packages/Tailscale/var/tailscaled.sock`

const CASES: readonly StateCase[] = [
  {
    name: 'nothing',
    computer: { interfaces: { ...UPLINK, carrier: '100.64.0.7' } },
    state: 'absent',
    detail: `no answer at ${PLACES}, no interface with an address in fd7a:115c:a1e0::/48`,
  },
  {
    name: 'connected, with an interface',
    computer: {
      http: {
        [`${TAILSCALED}/localapi/v0/status?peers=false`]: ok({
          BackendState: 'Running',
          Version: '1.102.5-t1234',
          TUN: true,
          TailscaleIPs: ['100.64.0.1', 'fd7a:115c:a1e0::1'],
        }),
      },
    },
    state: 'running',
    detail: 'tailscaled 1.102.5 is Running, 100.64.0.1, fd7a:115c:a1e0::1',
  },
  {
    name: 'connected, without an interface',
    computer: {
      http: {
        ['/var/run/tailscaled.socket/localapi/v0/status?peers=false']: ok({
          BackendState: 'Running',
          Version: '1.90.0',
        }),
      },
    },
    state: 'running',
    detail: 'tailscaled 1.90.0 is Running, without an interface',
  },
  {
    name: 'nobody has logged in',
    computer: {
      http: {
        [`${TAILSCALED}/localapi/v0/status?peers=false`]: ok({ BackendState: 'NeedsLogin' }),
      },
    },
    state: 'absent',
    detail: /is NeedsLogin$/,
  },
  {
    name: 'an app that cannot be asked',
    computer: { interfaces: { utun4: '100.64.0.1 fd7a:115c:a1e0::1' } },
    state: 'running',
    detail: 'utun4, tailscaled cannot be asked',
  },
]

for (const expected of CASES) test(expected.name, () => checkState('tailscale', expected))

test.run()

function ok(json: unknown) {
  return { status: 200, json }
}
