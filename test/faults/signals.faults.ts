import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { inParallel, noteComputer, rounds } from '../helpers/fault-budget.ts'
import { startPassing } from '../helpers/fd-receiver.ts'
import type { Listener } from '../helpers/listen.ts'
import { type Address, startSilent } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { readAll } from '../helpers/streams.ts'
import { until } from '../helpers/until.ts'
import { startTalker, type Talker } from '../helpers/wire-case.ts'

const random = new Random('signals')
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), random.bytes(100_000)])
/** Milliseconds after the start in which the signal comes: from before main to within a session. */
const WITHIN = 1000
const BESIDE = 3

interface Context {
  /** says all, hears until the end, and ends */
  peer: Talker
  silent: Listener
}

const test = suite<Context>('signals at random moments')

test.before(async (context) => {
  context.peer = await startTalker(SAYS)
  context.silent = await startSilent()
})

test.after(({ peer, silent }) => {
  peer.stop()
  silent.stop()
})

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGKILL'] as const) {
  test(`${signal}: byway ends by it, leaves nothing, and the next login works`, async (context) => {
    const moments = Array.from({ length: rounds(12) }, () => random.between(0, WITHIN))
    // not by chance: within a session
    await inParallel([null, ...moments], BESIDE, (after) => endBy(signal, after, context))
    const times = moments.length + 1
    noteComputer(`${signal} at a random moment`, times, 'ended, nothing left, the next login works')
  })

  test(`${signal}, fd-passed: byway ends by it, or has passed a socket that has every byte`, async (context) => {
    const moments = Array.from({ length: rounds(12) }, () => random.between(0, WITHIN))
    // not by chance: before anything could be passed
    await inParallel([0, ...moments], BESIDE, (after) => endPassing(signal, after, context))
    const outcome = 'ended, or every byte; nothing left, the next login works'
    noteComputer(`${signal} at a random moment, fd-passed`, moments.length + 1, outcome)
  })
}

test('SIGSTOP and SIGCONT: no byte is lost or doubled, either way', async (context) => {
  const times = rounds(12)
  const moments = Array.from({ length: times }, () => random.between(0, WITHIN))
  await inParallel(moments, BESIDE, async (after) => {
    const byway = startByway(settle(context), ['connect', MACHINE])
    const bye = random.bytes(20_000)
    byway.child.stdin.write(bye.subarray(0, 10_000))
    await sleep(after)
    await stopAndGo(byway.pid)
    byway.child.stdin.end(bye.subarray(10_000))
    const { stdout, status, stderr } = await soon('the end', byway.result, 20_000)
    assert.is(status, 0, stderr)
    assert.ok(stdout.equals(SAYS), `${stdout.length} bytes of ${SAYS.length}`)
    await requireHeard(context, bye)
  })
  noteComputer('SIGSTOP and SIGCONT, four times a session', times, 'every byte once, either way')
})

test('SIGSTOP and SIGCONT before a socket is passed: it has every byte, either way', async (context) => {
  const times = rounds(12)
  // the route that is up starts after the others' staggers: all of these come before
  const moments = Array.from({ length: times }, () => random.between(0, 300))
  await inParallel(moments, BESIDE, async (after) => {
    const byway = startPassing(settle(context), ['connect', '--fdpass', MACHINE])
    await sleep(after)
    await stopAndGo(byway.pid)
    const { socket, status, stderr } = await soon('the end', byway.end, 20_000)
    assert.is(status, 0, stderr)
    if (socket === null) throw new Error(`no socket was passed: ${stderr}`)
    await requireSound(socket, context)
  })
  noteComputer(
    'SIGSTOP and SIGCONT before a socket is passed',
    times,
    'every byte once, either way',
  )
})

test.run()

async function stopAndGo(pid: number): Promise<void> {
  for (let i = 0; i < 4; i++) {
    send(pid, 'SIGSTOP')
    await sleep(random.between(0, 60))
    send(pid, 'SIGCONT')
    await sleep(random.between(0, 30))
  }
}

/** The peer hears what it is told, once, and nothing else in that connection. */
async function requireHeard({ peer }: Context, bytes: Buffer): Promise<void> {
  const ours = () => peer.heard.find((heard) => heard.includes(bytes.subarray(0, 20)))
  await until('the peer has heard all', () => ours() !== undefined, 20_000)
  assert.ok(ours()?.equals(bytes), `the peer heard ${ours()?.length} bytes of ${bytes.length}`)
}

/** All that the peer says comes out of the socket, and it hears what goes in. */
async function requireSound(socket: Socket, context: Context): Promise<void> {
  const bye = random.bytes(20_000)
  const all = readAll(socket)
  socket.end(bye)
  const bytes = await soon('all that the peer says', all, 20_000)
  assert.ok(bytes.equals(SAYS), `${bytes.length} bytes of ${SAYS.length}`)
  await requireHeard(context, bye)
}

/** A machine that is reached by the last of three networks; one of the others is a program. */
function settle({ peer, silent }: Context): Home {
  const home = new Home(EXECUTABLE)
  const at = ({ port }: Address) => ({ peers: { [MACHINE]: { host: '127.0.0.1', port } } })
  home.writeInventory({
    networks: { silent: { priority: 3, ...at(silent) }, good: { priority: 1, ...at(peer) } },
  })
  const command = ['nc', '127.0.0.1', String(silent.port)]
  home.writeConfig({ networks: { program: { priority: 2, command, ...at(silent) } } })
  return home
}

/** `after`: milliseconds; null: once the peer's words are through. */
async function endBy(
  signal: NodeJS.Signals,
  after: number | null,
  context: Context,
): Promise<void> {
  const where = `${signal} after ${after} ms`
  const home = settle(context)
  const byway = startByway(home, ['connect', MACHINE])
  await (after === null ? byway.says('SSH-2.0-x') : sleep(after))
  send(byway.pid, signal)
  const end = await soon(where, byway.result, 20_000)
  assert.is(end.signal, signal, `${where}: status ${end.status} ${end.stderr}`)
  assert.ok(SAYS.subarray(0, end.stdout.length).equals(end.stdout), `${where}: other bytes`)
  await requireClean(home, where)
}

async function endPassing(signal: NodeJS.Signals, after: number, context: Context): Promise<void> {
  const where = `${signal} after ${after} ms, fd-passed`
  const home = settle(context)
  const byway = startPassing(home, ['connect', '--fdpass', MACHINE])
  // a timer of no time may still come after all that byway does
  if (after > 0) await sleep(after)
  send(byway.pid, signal)
  const end = await soon(where, byway.end, 20_000)
  if (end.signal === null && after > 0) assert.is(end.status, 0, `${where}: ${end.stderr}`)
  else assert.is(end.signal, signal, where)
  assert.ok(end.signal !== null || end.socket !== null, `${where}: no socket was passed`)
  if (end.socket !== null) await requireSound(end.socket, context)
  await requireClean(home, where)
}

/** Nothing of it is left, and nothing hinders the next one. */
async function requireClean(home: Home, where: string): Promise<void> {
  await until(`${where}: nothing is left`, () => home.live().length === 0, 20_000)
  assert.equal(readdirSync(join(home.folder, 'tmp')), [], `${where}: temporary files`)
  const next = await runByway(home, ['connect', '-v', MACHINE])
  assert.is(next.status, 0, `${where}: ${next.stderr}`)
  assert.ok(next.stdout.equals(SAYS), where)
  assert.not.match(next.stderr, /ignored/, where)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
