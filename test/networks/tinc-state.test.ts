import { suite } from 'uvu'
import { checkState, type StateCase } from '../helpers/state-cases.ts'

const test = suite('networks/tinc: state')

const UPLINK = { eth0: '192.0.2.7 2001:db8::7' }

const CASES: readonly StateCase[] = [
  {
    name: 'nothing',
    computer: { interfaces: UPLINK },
    state: 'absent',
    detail: 'no interface with the name of a tinc network, no answer at /var/run/tinc.*.pid',
  },
  {
    name: 'an interface by the network’s name',
    computer: {
      interfaces: { ...UPLINK, mesh: 'tun 10.20.0.1' },
      folders: { '/var/run': ['tinc.mesh.pid'] },
    },
    state: 'running',
    detail: 'mesh (10.20.0.1)',
  },
  {
    name: 'an interface by another name',
    computer: { folders: { '/var/run': ['tinc.mesh.pid', 'tinc.pid', 'sshd.pid'] } },
    state: 'running',
    detail: 'tincd runs for mesh, tinc, no interface with the name of a tinc network',
  },
  {
    name: 'a file left by a tincd that was killed',
    computer: {
      folders: { '/var/run': ['tinc.mesh.pid'], '/proc': ['1'], '/proc/1': ['stat'] },
      texts: { '/var/run/tinc.mesh.pid': '4711\n' },
    },
    state: 'absent',
    detail: /no answer at/,
  },
  {
    name: 'a file of a tincd that lives',
    computer: {
      folders: { '/var/run': ['tinc.mesh.pid'], '/proc': ['4711'], '/proc/4711': ['stat'] },
      texts: { '/var/run/tinc.mesh.pid': '4711 cookie 127.0.0.1 port 655\n' },
    },
    state: 'running',
    detail: /^tincd runs for mesh/,
  },
]

for (const expected of CASES) test(expected.name, () => checkState('tinc', expected))

test.run()
