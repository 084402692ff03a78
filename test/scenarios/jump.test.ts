import { hostname } from 'node:os'
import * as assert from 'uvu/assert'
import { ARTEFACTS, runByway, SCRIPT } from '../helpers/byway.ts'
import type { GatewayOptions } from '../helpers/gateway.ts'
import {
  behind,
  closeJumpPlaces,
  gateway,
  type JumpPlaces,
  type Networks,
  openJumpPlaces,
  plainGateway,
  settleBehind,
} from '../helpers/jump-places.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

const test = suite<JumpPlaces>('jump hosts')

test.before(openJumpPlaces)
test.after(closeJumpPlaces)

const WAYS: readonly [name: string, networks: Networks, options?: GatewayOptions][] = [
  ['a plain host', (all) => behind(all, plainGateway(all))],
  ['with a user', (all) => behind(all, `${all.gate.user}@127.0.0.1:${all.gate.port}`)],
  ['as a URL', (all) => behind(all, `ssh://${all.gate.user}@127.0.0.1:${all.gate.port}`)],
  ['two of them', (all) => behind(all, [1, 2].map(() => plainGateway(all)).join(','))],
  [
    'a machine, known by its own name',
    (all) => ({ ...behind(all, 'gate'), ...gateway(all) }),
    { names: ['gate'] },
  ],
  [
    'a machine with another user and port than the inventory says',
    (all) => ({
      ...behind(all, `${all.gate.user}@gate:${all.gate.port}`),
      lan: { peers: { gate: { host: '127.0.0.1', port: 1, user: 'nobody-else' } } },
    }),
    { names: ['gate'] },
  ],
  [
    'a machine whose SSHOptions know its key',
    (all) => ({
      ...behind(all, 'gate'),
      ...gateway(all, { SSHOptions: ['-i', all.gate.clientKey, '-N'] }),
    }),
    { names: ['gate'], key: null },
  ],
  [
    'a machine behind another one',
    (all) => ({
      ...behind(all, 'inner'),
      middle: { jump: 'gate', peers: { inner: { host: '127.0.0.1', port: all.gate.port } } },
      ...gateway(all),
    }),
    { names: ['gate', 'inner'] },
  ],
  [
    'a machine that has a circle, and another way',
    (all) => ({
      ...behind(all, 'gate'),
      circle: { priority: 2000, jump: MACHINE, peers: { gate: { host: '127.0.0.1' } } },
      ...gateway(all),
    }),
    { names: ['gate'] },
  ],
  [
    'SSHOptions with -J',
    ({ sshd, gate }) => ({
      direct: {
        peers: {
          [MACHINE]: {
            host: '127.0.0.1',
            port: sshd.port,
            SSHOptions: ['-J', `${gate.user}@127.0.0.1:${gate.port}`, '-C'],
          },
        },
      },
    }),
  ],
]

for (const artefact of ARTEFACTS) {
  for (const [name, networks, options] of WAYS) {
    test(`${artefact.name}: through ${name}`, async (context) => {
      const home = settleBehind(artefact, context, { networks, ...options })
      const { stdout, stderr, status } = await runByway(home, ['connect', MACHINE])
      assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
      assert.is(status, 0)
      await leavesNothing(home)
    })
  }
}

test('this computer is the jump host: what is behind it is dialled from here', async (context) => {
  const [self = ''] = hostname().split('.')
  const home = settleBehind(SCRIPT, context, {
    networks: (all) => ({
      ...behind(all, self),
      lan: { peers: { [self]: { host: '127.77.0.1', port: 1 } } },
    }),
  })
  const { stdout, stderr } = await runByway(home, ['connect', '-v', MACHINE])
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  assert.match(stderr, new RegExp(`"behind" \\(127\\.0\\.0\\.1:${context.sshd.port}\\)`))
})

test('options that connect cannot apply are named at -v, jump hosts are not', async (context) => {
  const { port } = context.sshd
  const peer = { host: '127.0.0.1', port, SSHOptions: ['-oCompression=yes', '-4', '-J', 'none'] }
  const home = settleBehind(SCRIPT, context, {
    networks: () => ({ direct: { peers: { [MACHINE]: peer } } }),
  })
  const { stderr } = await runByway(home, ['connect', '-v', MACHINE])
  assert.match(
    stderr,
    /only "byway ssh" and "byway ssh-config" apply SSHOptions -oCompression=yes -4\n/,
  )
  const quiet = await runByway(home, ['connect', MACHINE])
  assert.is(quiet.stderr, '')
})

test('a jump host is not passed on by ssh-config, other options are', async (context) => {
  const peer = { host: '127.0.0.1', SSHOptions: ['-C', '-J', 'gate', '-oServerAliveInterval=5'] }
  const home = settleBehind(SCRIPT, context, {
    networks: () => ({ direct: { peers: { [MACHINE]: peer } } }),
  })
  const { stdout } = await runByway(home, ['ssh-config'])
  assert.match(stdout.toString(), /Compression yes\n {2}ServerAliveInterval 5\n/)
  assert.not.match(stdout.toString(), /gate|ProxyJump/)
})

test.run()
