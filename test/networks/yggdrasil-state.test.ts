import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/yggdrasil: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }
const SOCKETS = '/var/run/yggdrasil/yggdrasil.sock, /var/run/yggdrasil.sock, 127.0.0.1:9001'

const CASES: readonly StateCase[] = [
  {
    name: 'nothing',
    computer: { interfaces: { ...UPLINK, mycelium: 'tun 400::1' } },
    state: 'absent',
    detail: `no interface with an address in 200::/7, no answer at ${SOCKETS}`,
  },
  {
    name: 'an interface with such an address',
    computer: { interfaces: { tun0: 'tun fe80::1 301:abc::1' } },
    state: 'running',
    detail: 'tun0 (301:abc::1)',
  },
  ...['/var/run/yggdrasil/yggdrasil.sock', '/var/run/yggdrasil.sock', '127.0.0.1:9001'].map(
    (place): StateCase => ({
      name: `its admin socket ${place}`,
      computer: { json: { [place]: { status: 'success', response: { address: '201:7::1' } } } },
      state: 'running',
      detail: 'yggdrasil answers for 201:7::1, no interface with an address in 200::/7',
    }),
  ),
  {
    name: 'somebody else at its port',
    computer: { json: { '127.0.0.1:9001': 'what?' } },
    state: 'absent',
    detail: /no answer at/,
  },
]

for (const expected of CASES) test(expected.name, () => checkState('yggdrasil', expected))

test.run()
