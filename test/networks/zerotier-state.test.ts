import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/zerotier: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }

const CASES: readonly StateCase[] = [
  {
    name: 'nothing',
    computer: { interfaces: UPLINK },
    state: 'absent',
    detail: 'no interface with a name of ZeroTier (zt…), no answer at 127.0.0.1:9993/health',
  },
  {
    name: 'an interface',
    computer: { interfaces: { ...UPLINK, ztbtovjx4h: 'tap 10.147.20.1' } },
    state: 'running',
    detail: 'ztbtovjx4h (10.147.20.1)',
  },
  {
    name: 'an interface of macOS',
    computer: { interfaces: { feth4823: '10.147.20.1' } },
    state: 'running',
    detail: 'feth4823 (10.147.20.1)',
  },
  {
    name: 'the service',
    computer: { http: { '127.0.0.1:9993/health': ok({ online: true, version: '1.14.2' }) } },
    state: 'running',
    detail: 'zerotier-one 1.14.2 is online, no interface with a name of ZeroTier (zt…)',
  },
  {
    name: 'the service without a way out, and hostile',
    computer: { http: { '127.0.0.1:9993/health': ok({ online: false, version: '1\u001b[2J' }) } },
    state: 'running',
    detail: /^zerotier-one 1\\x1b\[2J is offline, /,
  },
  {
    name: 'an old service that wants a token for everything',
    computer: { http: { '127.0.0.1:9993/health': { status: 401, json: {} } } },
    state: 'running',
    detail: /^zerotier-one answers, /,
  },
  {
    name: 'somebody else at its port',
    computer: { http: { '127.0.0.1:9993/health': ok({ status: 'ok' }) } },
    state: 'absent',
    detail: /no answer at 127\.0\.0\.1:9993/,
  },
]

for (const expected of CASES) test(expected.name, () => checkState('zerotier', expected))

test.run()

function ok(json: unknown) {
  return { status: 200, json }
}
