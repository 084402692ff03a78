// serial
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runByway, startByway } from '../helpers/byway.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { askControl, TorHome } from '../helpers/tor-home.ts'

const CALLS = 'trace=connect,sendto,sendmsg,sendmmsg,execve'
/** What asks for names: a name server, or whoever does it for others. */
const LOOKUP = /htons\(53\)|nscd|resolve1|io\.systemd\.Resolve/

/** Command lines, each with each machine; the status is not what is tested. */
const LINES: readonly (readonly string[])[] = [
  ['connect', '-vv'],
  ['ping', '-vv'],
  ['ping', '--json'],
  ['explain', '-vv'],
  ['explain', '--json'],
]

/** A public var with the name of the onion service. */
const ONION_VAR = { var: { machine: 'var', generator: 'tor_tor', file: 'hostname' } }
const MACHINES = ['plain', 'var', 'dead', 'lost', 'typo', 'locked', 'mistaken'] as const

interface Context {
  stage: TorHome
  secrets: readonly string[]
}

const leaks = suite<Context>('tor: leaks')

leaks.before(async (context) => {
  const lost = inventOnion()
  const stage = await TorHome.make({
    daemon: { linger: 60 },
    peers: ({ onions }) => ({
      plain: { host: onions.plain.hostname },
      dead: { host: onions.dead.hostname },
      gone: { host: onions.gone.hostname },
      locked: { host: onions.auth.hostname },
      lost: { host: lost },
      typo: { host: lost.replace(/^.(.)/, '$1$1') },
      var: { host: ONION_VAR },
    }),
    // that the host is an onion service is known only when the var is read
    networks: { unlabelled: { priority: 5, peers: { mistaken: { host: ONION_VAR } } } },
  })
  const { plain, dead, gone, auth } = stage.net.onions
  stage.writeVar('var', `${plain.hostname}\n`)
  const bodies = [plain, dead, gone, auth].map(({ address }) => address)
  context.stage = stage
  // without their first characters, by which a person may tell them apart
  context.secrets = [...bodies, lost.slice(0, 56)].map((address) => address.slice(8))
})

leaks.after(async ({ stage }) => {
  await runByway(stage.home, ['daemon', 'stop'])
  await stage.leavesNothing()
})

leaks('a cold start asks nobody for a name, and tells it to no program', async ({ secrets }) => {
  const stage = await TorHome.make()
  const calls = await trace(stage, 'plain-cold', secrets)
  assert.ok(calls.some((line) => line.includes('execve(') && line.includes('/torrc')))
  await stage.leavesNothing()
})

leaks('nor does a connect, whatever comes of it', async ({ stage, secrets }) => {
  await runByway(stage.home, ['connect', 'plain'], { input: '' })
  for (const machine of MACHINES) await trace(stage, machine, secrets)
})

for (const line of LINES) {
  leaks(`${line.join(' ')}: no onion name in what it says`, async ({ stage, secrets }) => {
    for (const machine of MACHINES) {
      const [command = '', ...flags] = line
      const args = [command, machine, ...flags]
      const { stdout, stderr } = await runByway(stage.home, args, { input: '' })
      assert.not.ok(holds(stdout.toString() + stderr, secrets), `${stdout}${stderr}`)
    }
  })
}

leaks('no process of ours has one among its arguments or in its environment', async (context) => {
  const { stage, secrets } = context
  const session = startByway(stage.home, ['connect', 'plain'])
  await session.says('SSH-2.0-')
  const all = stage.processes()
  assert.ok(all.length >= 3, 'byway, its keeper and tor')
  for (const { pid, command } of all) {
    assert.not.ok(holds(`${command}${readFileSync(`/proc/${pid}/environ`, 'latin1')}`, secrets))
  }
  session.child.stdin.end()
  await session.result
})

leaks('nor a file of byway’s or tor’s: cache, log, state, sockets', ({ stage, secrets }) => {
  const { folder } = stage.home
  const files = ['cache', 'state', 'run'].flatMap((name) => listFiles(join(folder, name)))
  assert.ok(files.some((file) => file.endsWith('state/byway/log')))
  assert.ok(files.some((file) => file.includes('state/byway/tor/')))
  const found = files.filter((file) => holds(readFileSync(file, 'latin1'), secrets))
  assert.equal(found, [])
})

leaks('two machines at one onion service share no circuit', async ({ stage }) => {
  const sessions = ['plain', 'var'].map((machine) => startByway(stage.home, ['connect', machine]))
  await Promise.all(sessions.map((session) => session.says('SSH-2.0-')))
  const answer = await askControl(stage, 'GETINFO stream-status')
  const circuits = [...answer.matchAll(/\d+ SUCCEEDED (\d+) /g)].map(([, circuit]) => circuit)
  assert.is(circuits.length, 2, answer)
  assert.is(new Set(circuits).size, 2, answer)
  for (const session of sessions) session.child.stdin.end()
  await Promise.all(sessions.map(({ result }) => result))
})

leaks.run()

/** The system calls of a connect; fails on one by which a name may be known to somebody. */
async function trace(
  { home }: TorHome,
  machine: string,
  secrets: readonly string[],
): Promise<string[]> {
  const file = home.newPath()
  const inside = ['strace', '-f', '-qq', '-s', '4096', '-e', CALLS, '-o', file]
  const name = machine === 'plain-cold' ? MACHINE : machine
  await runByway(home, ['connect', name], { input: '', inside })
  const calls = readFileSync(file, 'utf8').split('\n')
  const asked = calls.filter((line) => LOOKUP.test(line))
  assert.equal(asked, [], machine)
  const told = calls.filter((line) => holds(line, secrets) && !isTorToKeeper(line))
  assert.equal(told, [], machine)
  return calls
}

function holds(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => text.includes(secret))
}

/** On its control socket, which only its keeper can open, tor tells of streams. */
function isTorToKeeper(line: string): boolean {
  return /sendto\(\d+, "(?:250|650)[-+ ]/.test(line)
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}
