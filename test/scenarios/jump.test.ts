import { hostname } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { type GatewayOptions, installSsh } from '../helpers/gateway.ts'
import { mustRun } from '../helpers/program.ts'
import { refuses } from '../helpers/refusal.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { leavesNothing } from '../helpers/ways.ts'

interface Context {
  sshd: Sshd
  gate: Sshd
}

/** What the inventory says of the machine, and of others. */
type Networks = (context: Context) => Readonly<Record<string, object>>

const test = suite<Context>('jump hosts')

test.before(async (context) => {
  context.sshd = await startSshd()
  context.gate = await startSshd()
})

test.after(({ sshd, gate }) => {
  sshd.stop()
  gate.stop()
})

/** A machine behind the gateway, and the gateway as a machine. */
const behind = ({ sshd }: Context, jump: string) => ({
  behind: { jump, peers: { [MACHINE]: { host: '127.0.0.1', port: sshd.port } } },
})
const gateway = ({ gate }: Context, more: object = {}) => ({
  lan: { peers: { gate: { host: '127.0.0.1', port: gate.port, ...more } } },
})

const WAYS: readonly [name: string, networks: Networks, options?: GatewayOptions][] = [
  ['a plain host', (all) => behind(all, `127.0.0.1:${all.gate.port}`)],
  ['with a user', (all) => behind(all, `${all.gate.user}@127.0.0.1:${all.gate.port}`)],
  ['as a URL', (all) => behind(all, `ssh://${all.gate.user}@127.0.0.1:${all.gate.port}`)],
  ['two of them', (all) => behind(all, [1, 2].map(() => `127.0.0.1:${all.gate.port}`).join(','))],
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
      ...gateway(all, { SSHOptions: ['-i', all.gate.clientKey, '-N', '-o', 'Port=1'] }),
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
      const home = settle(artefact, context, networks, options)
      const { stdout, stderr, status } = await runByway(home, ['connect', MACHINE])
      assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
      assert.is(status, 0)
      await leavesNothing(home)
    })
  }
}

test('this computer is the jump host: what is behind it is dialled from here', async (context) => {
  const [self = ''] = hostname().split('.')
  const home = settle(SCRIPT, context, (all) => ({
    ...behind(all, self),
    lan: { peers: { [self]: { host: '127.77.0.1', port: 1 } } },
  }))
  const { stdout, stderr } = await runByway(home, ['connect', '-v', MACHINE])
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  assert.match(stderr, new RegExp(`"behind" \\(127\\.0\\.0\\.1:${context.sshd.port}\\)`))
})

const CIRCLES: readonly [name: string, networks: object, names: string][] = [
  ['itself', { a: through(MACHINE) }, `${MACHINE}, ${MACHINE}`],
  [
    'one that goes through it',
    { a: through('gate'), b: through(MACHINE, 'gate') },
    `${MACHINE}, gate, ${MACHINE}`,
  ],
  [
    'three of them',
    { a: through('gate'), b: through('inner', 'gate'), c: through(MACHINE, 'inner') },
    `${MACHINE}, gate, inner, ${MACHINE}`,
  ],
  [
    'two that it is no part of',
    { a: through('gate'), b: through('inner', 'gate'), c: through('gate', 'inner') },
    `${MACHINE}, gate, inner, gate`,
  ],
]

for (const [name, networks, names] of CIRCLES) {
  for (const artefact of ARTEFACTS) {
    test(`${artefact.name}: a circle is refused: ${name}`, async (context) => {
      const home = settle(artefact, context, () => ({ ...networks }) as Record<string, object>)
      const words = [`jump hosts go round in a circle: ${names}`, 'hint: one of them needs']
      await refuses(home, ['connect', MACHINE], { status: 69, words })
      await leavesNothing(home)
    })
  }
}

test('a circle that ssh’s own configuration makes is refused', async (context) => {
  const proxy = `ProxyCommand byway connect ${MACHINE} %p`
  const home = settle(SCRIPT, context, (all) => behind(all, 'elsewhere'), {
    lines: ['Host elsewhere', `  ${proxy}`],
  })
  const words = [`jump hosts go round in a circle: ${MACHINE}, ${MACHINE}`]
  await refuses(home, ['connect', MACHINE], { status: 69, words })
  await leavesNothing(home)
})

const FAULTS: readonly [
  name: string,
  options: GatewayOptions,
  words: RegExp,
  hint: RegExp | null,
][] = [
  [
    'the gateway’s key is not known',
    { names: [] },
    /"ssh" ended \(status 255\): .*Host key verification failed/,
    /log in to the jump host by itself once/,
  ],
  [
    'no key opens the gateway',
    { key: null },
    /"ssh" ended \(status 255\): .*Permission denied \(publickey/,
    /ssh-add it/,
  ],
  [
    'the user’s own configuration is wrong',
    { lines: ['NoSuchOption yes'] },
    /"ssh" ended \(status 255\): .*gate_config: line 1: Bad configuration option: nosuchoption/,
    null,
  ],
]

for (const [name, options, words, hint] of FAULTS) {
  test(`${name}: nobody is asked, and it is said`, async (context) => {
    const home = settle(
      SCRIPT,
      context,
      (all) => behind(all, `127.0.0.1:${all.gate.port}`),
      options,
    )
    const hints = hint === null ? [] : [hint]
    await refuses(home, ['connect', MACHINE], { status: 69, words: [words, ...hints] })
  })
}

test('a key with a passphrase: nobody is asked', async (context) => {
  const key = `${makeFolder()}/key`
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'secret', '-f', key])
  const home = settle(SCRIPT, context, (all) => behind(all, `127.0.0.1:${all.gate.port}`), { key })
  const words = [/Permission denied/, /ssh-add it/]
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test('another key than the machine’s is refused, whatever address it is at', async (context) => {
  const networks: Networks = (all) => ({ ...behind(all, 'gate'), ...gateway(all) })
  const home = settle(SCRIPT, context, networks, { names: ['[127.0.0.1]'] })
  const words = [/Host key verification failed/]
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test('nobody listens behind the gateway', async (context) => {
  const home = settle(SCRIPT, context, ({ gate }) => ({
    behind: {
      jump: `127.0.0.1:${gate.port}`,
      peers: { [MACHINE]: { host: '127.77.0.1', port: 1 } },
    },
  }))
  const words = ['open failed: connect failed: Connection refused']
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test('options that connect cannot apply are named at -v, jump hosts are not', async (context) => {
  const { port } = context.sshd
  const peer = { host: '127.0.0.1', port, SSHOptions: ['-oCompression=yes', '-4', '-J', 'none'] }
  const home = settle(SCRIPT, context, () => ({ direct: { peers: { [MACHINE]: peer } } }))
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
  const home = settle(SCRIPT, context, () => ({ direct: { peers: { [MACHINE]: peer } } }))
  const { stdout } = await runByway(home, ['ssh-config'])
  assert.match(stdout.toString(), /Compression yes\n {2}ServerAliveInterval 5\n/)
  assert.not.match(stdout.toString(), /gate|ProxyJump/)
})

test.run()

function through(jump: string, machine: string = MACHINE) {
  return { jump, peers: { [machine]: { host: '192.0.2.7' } } }
}

function settle(
  artefact: Artefact,
  context: Context,
  networks: Networks,
  options?: GatewayOptions,
): Home {
  const home = new Home(artefact)
  home.writeInventory({ networks: networks(context) })
  installSsh(home, context.gate, options)
  return home
}
