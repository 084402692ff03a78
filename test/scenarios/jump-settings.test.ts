import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Home, runByway, SCRIPT, startByway } from '../helpers/byway.ts'
import { installProgram, installSsh } from '../helpers/gateway.ts'
import {
  behind,
  closeJumpPlaces,
  gateway,
  type JumpPlaces,
  type Networks,
  openJumpPlaces,
  settleBehind,
} from '../helpers/jump-places.ts'
import { run, start } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

const test = suite<JumpPlaces>('jump hosts, and what ssh’s own configuration says of them')

test.before(openJumpPlaces)
test.after(closeJumpPlaces)

const throughMachine: Networks = (all) => ({ ...behind(all, 'gate'), ...gateway(all) })

/** As many people have it: the first ssh to a host serves those that come after it. */
const MASTERS = [
  'Host gate',
  '  ProxyCommand byway connect %n %p',
  'Host *',
  '  ControlMaster auto',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: ssh expands it
  '  ControlPath "${HOME}/c-%C"',
  '  ControlPersist 60',
]

/** What ssh of this home runs at the gateway until it is told to end. */
function untilTold(home: Home): { argv: string[]; go: string } {
  const go = home.newPath()
  const wait = `echo in; until test -e ${go}; do sleep 0.05; done; echo out`
  return { argv: [join(home.folder, 'bin/ssh'), 'gate', wait], go }
}

const MASTER = { names: ['gate'], lines: MASTERS }

test('a session of the user’s own at the jump host outlives the one that came through', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: throughMachine, ...MASTER })
  const through = startByway(home, ['connect', MACHINE])
  await through.says('SSH-2.0')
  const { argv, go } = untilTold(home)
  const own = start(argv, { env: home.env, input: '' })
  await own.says('in\n')
  through.child.stdin.end()
  await through.result
  writeFileSync(go, '')
  const { status, stderr } = await own.result
  assert.is(own.heard(), 'in\nout\n', stderr)
  assert.is(status, 0, stderr)
  await endMaster(home)
})

test('a master of the user’s own at the jump host is used', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: throughMachine, ...MASTER })
  const { argv, go } = untilTold(home)
  const own = start(argv, { env: home.env, input: '' })
  await own.says('in\n')
  const logins = countLogins(context)
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE])
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  assert.is(countLogins(context), logins)
  writeFileSync(go, '')
  assert.is((await own.result).status, 0)
  await endMaster(home)
})

test('a jump host whose own ProxyCommand passes a socket', async (context) => {
  const home = settleBehind(SCRIPT, context, { networks: (all) => behind(all, 'gate') })
  const gates = home.writeFile('gates.json', JSON.stringify({ networks: gateway(context) }))
  const printed = await runByway(home, ['ssh-config', '--fdpass', '--inventory', gates])
  const include = home.writeFile('byway.conf', printed.stdout)
  installSsh(home, context.gate, { names: ['gate'], lines: [`Include "${include}"`] })
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE])
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  await leavesNothing(home)
})

/** What the inventory goes before, and what comes after a user in the chain. */
const ELSEWHERE = ['Host inner innermost', 'HostName 127.77.0.1', 'Port 1', 'User nobody-else']

const CHAINS: readonly [
  name: string,
  chain: string,
  networks: Networks,
  lines: readonly string[],
][] = [
  [
    'hosts of ssh’s own configuration',
    'gate,inner,innermost',
    () => ({}),
    ['Host gate inner innermost', 'HostName 127.0.0.1', 'Port {port}', 'User {user}'],
  ],
  [
    'machines of the inventory',
    'gate,inner,innermost',
    ({ gate }) => ({
      lan: peersOf(['gate', 'inner', 'innermost'], {
        host: '127.0.0.1',
        port: gate.port,
        user: gate.user,
      }),
    }),
    ELSEWHERE,
  ],
  [
    'machines behind others, with a user of the chain’s own',
    '{user}@gate,{user}@inner,{user}@innermost',
    ({ gate }) => ({
      lan: peersOf(['gate'], { host: '127.0.0.1', port: gate.port, user: 'nobody-else' }),
      more: {
        jump: 'gate',
        ...peersOf(['inner'], { host: '127.0.0.1', port: gate.port, user: 'nobody-else' }),
      },
      most: {
        jump: 'gate,inner',
        ...peersOf(['innermost'], { host: '127.0.0.1', port: gate.port }),
      },
    }),
    ELSEWHERE,
  ],
]

for (const [name, chain, networks, lines] of CHAINS) {
  test(`a chain of jump hosts: ${name}`, async (context) => {
    const { port, user } = context.gate
    const fill = (text: string) => text.replaceAll('{port}', `${port}`).replaceAll('{user}', user)
    const home = settleBehind(SCRIPT, context, {
      networks: (all) => ({ ...behind(all, fill(chain)), ...networks(all) }),
      names: ['gate', 'inner', 'innermost', `[127.0.0.1]:${port}`],
      lines: lines.map(fill),
    })
    const { stdout, stderr } = await runByway(home, ['connect', MACHINE])
    assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
    await leavesNothing(home)
  })
}

test('a chain of jump hosts: nobody is told an onion name or a var on the way', async (context) => {
  const onion = `${'a'.repeat(56)}.onion`
  const reference = { machine: 'inner', generator: 'tor_tor', file: 'hostname' }
  const home = settleBehind(SCRIPT, context, {
    networks: (all) => ({
      ...behind(all, 'gate,inner'),
      ...gateway(all),
      tor: { technology: 'tor', ...peersOf(['inner'], { host: onion }) },
      vars: peersOf(['inner'], { hosts: [onion, { var: reference }] }),
    }),
  })
  installProgram(home, 'ssh', `printf '%s\\n' "$@" >>"$HOME/said"; exit 255`)
  const { status } = await runByway(home, ['connect', MACHINE])
  assert.is(status, 69)
  const said = readFileSync(join(home.folder, 'said'), 'utf8')
  assert.match(said, '[%h]:%p')
  assert.not.match(said, /HostName|onion/)
})

test.run()

function peersOf(names: readonly string[], peer: object) {
  return { peers: Object.fromEntries(names.map((name) => [name, peer])) }
}

function countLogins({ gate }: JumpPlaces): number {
  return gate.log().split('Accepted publickey').length
}

async function endMaster(home: Home): Promise<void> {
  const ended = await run([join(home.folder, 'bin/ssh'), '-O', 'exit', 'gate'], { env: home.env })
  assert.is(ended.status, 0, ended.stderr)
  await leavesNothing(home)
}
