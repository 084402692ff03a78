import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/mycelium: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }

const CASES: readonly StateCase[] = [
  {
    name: 'nothing',
    computer: { interfaces: { ...UPLINK, ygg0: 'tun 200::1' } },
    state: 'absent',
    detail: 'no interface with an address in 400::/7, no answer at 127.0.0.1:8989',
  },
  {
    name: 'an interface with such an address',
    computer: { interfaces: { tun0: 'tun 5ab:cd::1' } },
    state: 'running',
    detail: 'tun0 (5ab:cd::1)',
  },
  {
    name: 'its API',
    computer: { http: { '127.0.0.1:8989/api/v1/admin': ok({ nodeSubnet: '5ab:cd::/64' }) } },
    state: 'running',
    detail: 'mycelium answers for 5ab:cd::/64, no interface with an address in 400::/7',
  },
  {
    name: 'somebody else at its port',
    computer: { http: { '127.0.0.1:8989/api/v1/admin': { status: 404, json: undefined } } },
    state: 'absent',
    detail: /no answer at/,
  },
]

for (const expected of CASES) test(expected.name, () => checkState('mycelium', expected))

test.run()

function ok(json: unknown) {
  return { status: 200, json }
}
