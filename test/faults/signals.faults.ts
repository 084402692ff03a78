import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { inParallel, noteComputer, rounds } from '../helpers/fault-budget.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { startSilent } from '../helpers/peers.ts'
import { findByEnvironment } from '../helpers/proc.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { until } from '../helpers/until.ts'

const random = new Random('signals')
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), random.bytes(100_000)])
/** Milliseconds after the start in which the signal comes: from before main to within a session. */
const WITHIN = 400
const BESIDE = 3

interface Context {
  /** says all, hears until the end, and ends */
  peer: Listener
  silent: Listener
}

const test = suite<Context>('signals at random moments')

test.before(async (context) => {
  context.peer = await listen((socket) => {
    socket.write(SAYS)
    socket.resume().on('end', () => socket.end())
  })
  context.silent = await startSilent()
})

test.after(({ peer, silent }) => {
  peer.stop()
  silent.stop()
})

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGKILL'] as const) {
  test(`${signal}: byway ends by it, leaves nothing, and the next login works`, async (context) => {
    const times = rounds(12)
    await inParallel(
      Array.from({ length: times }, () => random.between(0, WITHIN)),
      BESIDE,
      (after) => endBy(signal, after, context),
    )
    noteComputer(`${signal} at a random moment`, times, 'ended, nothing left, the next login works')
  })
}

test('SIGSTOP and SIGCONT: no byte is lost or doubled', async (context) => {
  const times = rounds(12)
  const moments = Array.from({ length: times }, () => random.between(0, WITHIN))
  await inParallel(moments, BESIDE, async (after) => {
    const home = settle(context)
    const byway = startByway(home, ['connect', MACHINE])
    await sleep(after)
    for (let i = 0; i < 4; i++) {
      send(byway.pid, 'SIGSTOP')
      await sleep(random.between(0, 60))
      send(byway.pid, 'SIGCONT')
      await sleep(random.between(0, 30))
    }
    byway.child.stdin.end('bye')
    const { stdout, status, stderr } = await soon('the end', byway.result, 20_000)
    assert.is(status, 0, stderr)
    assert.ok(stdout.equals(SAYS), `${stdout.length} bytes of ${SAYS.length}`)
  })
  noteComputer('SIGSTOP and SIGCONT, four times a session', times, 'every byte once')
})

test.run()

/** A machine that is reached by the last of three networks; one of the others is a program. */
function settle({ peer, silent }: Context): Home {
  const home = new Home(EXECUTABLE)
  const at = ({ port }: Listener) => ({ peers: { [MACHINE]: { host: '127.0.0.1', port } } })
  home.writeInventory({
    networks: { silent: { priority: 3, ...at(silent) }, good: { priority: 1, ...at(peer) } },
  })
  const command = ['nc', '127.0.0.1', String(silent.port)]
  home.writeConfig({ networks: { program: { priority: 2, command, ...at(silent) } } })
  return home
}

async function endBy(signal: NodeJS.Signals, after: number, context: Context): Promise<void> {
  const where = `${signal} after ${after} ms`
  const home = settle(context)
  const byway = startByway(home, ['connect', MACHINE])
  await sleep(after)
  send(byway.pid, signal)
  const end = await soon(where, byway.result, 20_000)
  assert.is(end.signal, signal, `${where}: status ${end.status} ${end.stderr}`)
  assert.ok(SAYS.subarray(0, end.stdout.length).equals(end.stdout), `${where}: other bytes`)
  const left = () => findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
  await until(`${where}: nothing is left`, () => left().length === 0, 20_000)
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
