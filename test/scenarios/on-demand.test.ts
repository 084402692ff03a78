import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KeeperStatus } from '../../src/core/daemon.ts'
import { askStatus } from '../../src/daemons/lease.ts'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { findFreePort } from '../helpers/listen.ts'
import { findByEnvironment, type ProcessEntry } from '../helpers/proc.ts'
import { run } from '../helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { readAll } from '../helpers/streams.ts'
import { until } from '../helpers/until.ts'

/** Milliseconds between two questions to a keeper. */
const LOOK = 100
const NETWORK = 'work'
/** What a peer inside a namespace says, at once. */
const BANNER = 'SSH-2.0-inside\n'
/** The port of that peer. */
const PORT = 7022

const test = suite<{ sshd: Sshd }>('daemons on demand')

test.before(async (context) => {
  context.sshd = await startSshd()
})

test.after(({ sshd }) => sshd.stop())

/** A home whose machine is reached through `ssh -D`, which byway starts. */
async function makeProxied(sshd: Sshd, more: Record<string, unknown> = {}): Promise<Home> {
  const home = new Home(EXECUTABLE)
  const socks = `127.0.0.1:${await findFreePort()}`
  const options = ['ExitOnForwardFailure=yes', 'StrictHostKeyChecking=no', 'BatchMode=yes']
  const known = [...options, 'UserKnownHostsFile=/dev/null'].flatMap((one) => ['-o', one])
  const login = ['-i', sshd.clientKey, '-p', String(sshd.port), `${sshd.user}@${sshd.host}`]
  const command = ['ssh', '-F', 'none', '-N', '-D', socks, ...known, ...login]
  const daemon = { command, socks, ready: { socks: true }, linger: 1, ...more }
  const peers = { [MACHINE]: { host: 'localhost', port: sshd.port, user: sshd.user } }
  home.writeInventory({ networks: { [NETWORK]: { technology: 'socks', peers } } })
  home.writeConfig({ networks: { [NETWORK]: { daemon } } })
  return home
}

/** A home whose machine is in the network namespace of a daemon that byway starts. */
function makeInside(more: Record<string, unknown> = {}): Home {
  const home = new Home(EXECUTABLE)
  const answer = `SYSTEM:echo ${BANNER.trim()}; cat`
  const command = ['socat', '-d', '-d', `TCP-LISTEN:${PORT},fork`, answer]
  const ready = { log: 'listening on' }
  const daemon = { command, namespace: true, ready, linger: 1, ...more }
  const peers = { [MACHINE]: { host: '127.0.0.1', port: PORT } }
  home.writeInventory({ networks: { [NETWORK]: { peers } } })
  home.writeConfig({ networks: { [NETWORK]: { daemon } } })
  return home
}

test('through its SOCKS5 proxy: startable, a login both ways, nothing is left', async ({
  sshd,
}) => {
  const home = await makeProxied(sshd)
  const { stdout } = await runByway(home, ['list', '--json'])
  const [{ state, detail }] = JSON.parse(stdout.toString()).networks
  assert.equal([state, detail], ['startable', 'byway can start ssh'])
  for (const mode of ['relay', 'fdpass'] as const) {
    const ssh = new SshClient({ home, sshd, include: SNIPPETS[mode] })
    const result = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.is(result.stdout.toString(), 'in\n', result.stderr)
  }
  await leavesNothing(home)
})

test('through its SOCKS5 proxy, fd-passed: it stays as long as the session', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const session = new SshClient({ home, sshd, include: SNIPPETS.fdpass }).start([MACHINE, 'cat'])
  await staysForStream(home)
  session.child.stdin.end('still there\n')
  assert.is((await session.result).stdout.toString(), 'still there\n')
  await leavesNothing(home)
})

test('in a namespace: relayed', async () => {
  const home = makeInside()
  const result = await runByway(home, ['connect', MACHINE], { input: 'back\n' })
  assert.is(result.stdout.toString(), `${BANNER}back\n`, result.stderr)
  await leavesNothing(home)
})

test('in a namespace: fd-passed, not a byte of the banner is lost, and it stays', async () => {
  const home = makeInside()
  const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
  await staysForStream(home)
  socket.end('back\n')
  assert.is((await readAll(socket)).toString(), `${BANNER}back\n`)
  await leavesNothing(home)
})

test('in a namespace: where nobody listens', async () => {
  const home = makeInside()
  const { status, stderr } = await runByway(home, ['connect', MACHINE, '7023'])
  assert.is(status, 69)
  assert.match(stderr, 'dial 127.0.0.1:7023: connection refused')
  await leavesNothing(home)
})

for (const [what, make] of [
  ['a proxy', ({ sshd }: { sshd: Sshd }) => makeProxied(sshd, { linger: 60 })],
  ['a namespace', () => Promise.resolve(makeInside({ linger: 60 }))],
] as const) {
  test(`${what}: kill -9 of its keeper ends all of it, and the next connect works`, async (context) => {
    const home = await make(context)
    await connectOnce(home)
    for (const { pid } of processesOf(home).filter(isKeeper)) process.kill(pid, 'SIGKILL')
    await until('all of it is gone', () => processesOf(home).length === 0)
    await connectOnce(home)
    assert.is((await runByway(home, ['daemon', 'stop', NETWORK])).status, 0)
    await leavesNothing(home)
  })
}

test('up holds it, down lets it go', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const up = await runByway(home, ['up', NETWORK])
  assert.is(up.status, 0, up.stderr)
  const { stdout } = await runByway(home, ['daemon', 'list'])
  assert.match(stdout.toString(), /^Daemon .*\nwork +ready +\d+ +\d+ s +byway up\n$/)
  await olderBy(home, 2)
  const running = JSON.parse((await runByway(home, ['list', '--json'])).stdout.toString())
  assert.is(running.networks[0].state, 'running')
  assert.is((await runByway(home, ['down', NETWORK])).status, 0)
  await leavesNothing(home)
  const again = await runByway(home, ['down', NETWORK])
  assert.equal([again.status, again.stderr], [68, 'byway: byway has no work running\n'])
})

test('down while it is used: it ends after the last user', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  await runByway(home, ['up', NETWORK])
  const session = startByway(home, ['connect', MACHINE])
  await session.says('SSH-2.0-')
  assert.is((await runByway(home, ['down', NETWORK])).status, 0)
  await olderBy(home, 2)
  session.child.stdin.end()
  await session.result
  await leavesNothing(home)
})

test('up of a network that nothing is said of', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  home.writeConfig({ networks: { [NETWORK]: { socks: '127.0.0.1:1' } } })
  const { status, stderr } = await runByway(home, ['up', NETWORK])
  assert.is(status, 69)
  assert.match(stderr, 'the configuration does not say how byway starts socks')
})

test('its program is missing, or ends at once: the words say so', async ({ sshd }) => {
  const missing = await makeProxied(sshd, { command: ['no-such-program'] })
  const none = await runByway(missing, ['connect', MACHINE])
  assert.match(none.stderr, 'it cannot be started here: no program "no-such-program"')
  const command = ['sh', '-c', 'echo "$GREETING" >&2; exit 3']
  const failing = await makeProxied(sshd, { command, env: { GREETING: 'no licence' } })
  for (const from of ['the files', 'the cache']) {
    const { status, stderr } = await runByway(failing, ['connect', MACHINE])
    assert.is(status, 69)
    assert.match(stderr, 'work ended (status 3): no licence', from)
  }
  const { stdout } = await run(['grep', '-rlF', 'no licence', join(failing.folder, 'cache')])
  assert.is(stdout.toString(), '', 'an environment may hold secrets: it is in no cache')
  await leavesNothing(failing)
})

test('explain: startable, and not started, as another network wins', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const { port, user } = sshd
  const near = { priority: 1, peers: { [MACHINE]: { host: '127.0.0.1', port, user } } }
  const work = { technology: 'socks', peers: { [MACHINE]: { host: 'localhost', port, user } } }
  home.writeInventory({ networks: { near, [NETWORK]: work } })
  const { stdout } = await runByway(home, ['explain', '--json', MACHINE])
  const { winner, routes } = JSON.parse(stdout.toString())
  assert.is(winner, 'near')
  assert.is(routes[0].reason, 'not ready in time: startable: byway can start ssh')
  assert.equal(processesOf(home), [])
})

test('an overlay says all that it lacks', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const peers = { [MACHINE]: { host: '10.9.0.2' } }
  const config = { file: join(home.folder, 'vpn.conf') }
  home.writeInventory({ networks: { vpn: { technology: 'wireguard', peers } } })
  home.writeConfig({ networks: { vpn: { daemon: { config, namespace: false } } } })
  const { stdout } = await runByway(home, ['list', '--json'])
  const [{ state, detail }] = JSON.parse(stdout.toString()).networks
  assert.is(state, 'absent')
  assert.match(detail, /^it cannot be started here: no program "wireproxy"$/)
})

test('an inventory may not say what is to be started', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  rmSync(join(home.folder, 'config/byway/config.json'))
  const daemon = { command: ['true'] }
  home.writeInventory({ networks: { [NETWORK]: { daemon, peers: { [MACHINE]: 'x' } } } })
  const { status, stderr } = await runByway(home, ['connect', MACHINE])
  assert.is(status, 65)
  assert.match(stderr, 'networks.work.daemon: found a program to run')
})

test.run()

function processesOf(home: Home): ProcessEntry[] {
  return findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
}

function isKeeper({ command }: ProcessEntry): boolean {
  return command.endsWith(' keep')
}

async function connectOnce(home: Home): Promise<void> {
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE], { input: '' })
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
}

/** What its keeper says of the daemon, asked some time after the last question. */
async function daemonOf(home: Home): Promise<KeeperStatus | null> {
  await new Promise((resolve) => setTimeout(resolve, LOOK))
  const below = join(home.folder, 'run/byway')
  const name = existsSync(below) && readdirSync(below).find((one) => one.startsWith('net.'))
  return name ? askStatus(join(below, name)) : null
}

/** Byway is gone, one stream is left, and with it the daemon, longer than it lingers. */
async function staysForStream(home: Home): Promise<void> {
  for (;;) {
    const daemon = await daemonOf(home)
    if (daemon?.state === 'ready' && daemon.users.length === 0 && daemon.streams === 1) break
  }
  await olderBy(home, 2)
}

/** Resolves when it is so many seconds older; rejects when it ends before. */
async function olderBy(home: Home, seconds: number): Promise<void> {
  const first = await daemonOf(home)
  for (let daemon = first; ; daemon = await daemonOf(home)) {
    if (daemon === null || daemon.daemon !== first?.daemon) throw new Error('it has ended')
    if (daemon.age >= first.age + seconds) return
  }
}

async function leavesNothing(home: Home): Promise<void> {
  const names = () => processesOf(home).map(({ command }) => command)
  await until('no process is left', () => names().length === 0, 15_000).catch((cause) => {
    throw new Error(`left: ${names().join(', ')}`, { cause })
  })
}
