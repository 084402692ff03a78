import * as assert from 'uvu/assert'
import { ARTEFACTS, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
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
import { mustRun } from '../helpers/program.ts'
import { refuses } from '../helpers/refusal.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

const test = suite<JumpPlaces>('jump hosts: refusals')

test.before(openJumpPlaces)
test.after(closeJumpPlaces)

const plain: Networks = (all) => behind(all, plainGateway(all))

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
      const home = settleBehind(artefact, context, { networks: () => ({ ...networks }) })
      const words = [`jump hosts go round in a circle: ${names}`, 'hint: one of them needs']
      await refuses(home, ['connect', MACHINE], { status: 69, words })
      await leavesNothing(home)
    })
  }
}

test('a circle that ssh’s own configuration makes is refused', async (context) => {
  const proxy = `ProxyCommand byway connect ${MACHINE} %p`
  const home = settleBehind(SCRIPT, context, {
    networks: (all) => behind(all, 'elsewhere'),
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
    const home = settleBehind(SCRIPT, context, { networks: plain, ...options })
    const hints = hint === null ? [] : [hint]
    await refuses(home, ['connect', MACHINE], { status: 69, words: [words, ...hints] })
  })
}

test('the socket was to be passed on: the same words', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: plain, key: null })
  const passed = receiveSocket(home, ['connect', '--fdpass', MACHINE])
  const words = await passed.then(() => 'passed', String)
  assert.match(words, /banner|connect/)
  assert.match(words, /"ssh" ended \(status 255\): .*Permission denied .*\nhint: .*ssh-add it/)
})

test('a key with a passphrase: nobody is asked', async (context) => {
  const key = `${makeFolder()}/key`
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'secret', '-f', key])
  const home = settleBehind(SCRIPT, context, { networks: plain, key })
  const words = [/Permission denied/, /ssh-add it/]
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test('another key than the machine’s is refused, whatever address it is at', async (context) => {
  const networks: Networks = (all) => ({ ...behind(all, 'gate'), ...gateway(all) })
  const home = settleBehind(SCRIPT, context, { networks, names: ['[127.0.0.1]'] })
  const words = [/Host key verification failed/]
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test('nobody listens behind the gateway', async (context) => {
  const peers = { [MACHINE]: { host: '127.77.0.1', port: 1 } }
  const home = settleBehind(SCRIPT, context, {
    networks: (all) => ({ behind: { jump: plainGateway(all), peers } }),
  })
  const words = ['open failed: connect failed: Connection refused']
  await refuses(home, ['connect', MACHINE], { status: 69, words })
})

test.run()

function through(jump: string, machine: string = MACHINE) {
  return { jump, peers: { [machine]: { host: '192.0.2.7' } } }
}
