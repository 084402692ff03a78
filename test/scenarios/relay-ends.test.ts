import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, SCRIPT } from '../helpers/byway.ts'
import type { Listener } from '../helpers/listen.ts'
import { startSaying } from '../helpers/peers.ts'
import { type Plumbed, type Plumbing, plumb } from '../helpers/plumbing.ts'
import { isAlive, residentMemory } from '../helpers/proc.ts'
import { start } from '../helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { readExactly } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'

const UPLOADER = fileURLToPath(new URL('../helpers/uploader.ts', import.meta.url))
const MIB = 1024 * 1024
const BANNER = 'SSH-2.0-x\r\n'
/** What one side offers while the other does not read: more than kernels buffer. */
const FLOOD = Buffer.alloc(64 * MIB, 'flood ')
/** Milliseconds without a byte moved after which a stream is taken for stalled. */
const STILL = 500

/** Bytes that a slow peer takes in a millisecond. */
const SLOW = 1300

interface Open extends Plumbed {
  readonly home: Home
  /** the peer's side, its banner read at byway's stdout */
  readonly socket: Socket
}

const ends = suite<{ peer: Listener; next: Listener; sshd: Sshd }>('the ends of the relay')

ends.before(async (context) => {
  context.peer = await startSaying(BANNER)
  context.next = await startSaying(BANNER)
  context.sshd = await startSshd()
})

ends.after(({ peer, next, sshd }) => {
  peer.stop()
  next.stop()
  sshd.stop()
})

for (const artefact of ARTEFACTS) {
  for (const plumbing of ['pipes', 'sockets'] as const) {
    const title = `${artefact.name}, ${plumbing}`

    ends(`${title}: the peer's end ends byway though stdin stays open`, async ({ peer }) => {
      const { socket, ended } = await openRelay(peer, artefact, plumbing)
      const began = performance.now()
      socket.end()
      const { status, at } = await ended
      assert.is(status, 0)
      console.log(`${title}: ended ${Math.round(at - began)} ms after its peer`)
    })

    ends(
      `${title}: a reset by the peer is 74, and nothing else is tried`,
      async ({ peer, next }) => {
        const { socket, ended } = await openRelay(peer, artefact, plumbing, next)
        socket.resetAndDestroy()
        const { status, stderr } = await ended
        assert.is(status, 74)
        assert.match(stderr, /^byway: .*: connection reset by peer\n$/)
        assert.is(next.connections, 0)
      },
    )

    ends(`${title}: a stdout that nobody reads any more is 74`, async ({ peer }) => {
      const { socket, stdout, ended } = await openRelay(peer, artefact, plumbing)
      stdout.destroy()
      await once(stdout, 'close')
      socket.write('more')
      const { status, stderr } = await ended
      assert.is(status, 74)
      assert.match(stderr, /^byway: write to stdout: nobody reads it any more\n$/)
    })

    ends(`${title}: a peer that floods is held back while stdout is not read`, async ({ peer }) => {
      const { socket, stdout, pid, ended } = await openRelay(peer, artefact, plumbing)
      const memory = residentMemory(pid)
      socket.end(FLOOD)
      await standstill(() => socket.bytesWritten - socket.writableLength)
      assertHeldBack(residentMemory(pid) - memory, socket.writableLength)
      assert.is(await digest(stdout), digestOf(FLOOD))
      assert.is((await ended).status, 0)
    })

    ends(
      `${title}: a stdin that floods is held back while the peer does not read`,
      async ({ peer }) => {
        const { socket, stdin, stdout, pid, ended } = await openRelay(peer, artefact, plumbing)
        const memory = residentMemory(pid)
        stdin.end(FLOOD)
        await standstill(() => stdin.writableLength)
        assertHeldBack(residentMemory(pid) - memory, stdin.writableLength)
        assert.is(await digest(socket), digestOf(FLOOD))
        socket.end()
        stdout.resume()
        assert.is((await ended).status, 0)
      },
    )
  }

  ends(
    `${artefact.name}: ssh killed, a peer that keeps quiet: gone within a second`,
    async (context) => {
      const { peer, sshd } = context
      const home = settle(artefact, peer)
      const ssh = new SshClient({ home, sshd, include: SNIPPETS.relay })
      const session = ssh.start([MACHINE])
      const socket = await peer.next()
      // ssh's own banner: the relay is under way
      await readExactly(socket, BANNER.length)
      const [byway] = home.liveByways()
      assert.ok(byway, 'byway is there')
      process.kill(session.pid, 'SIGKILL')
      const ms = await until('byway is gone', () => !isAlive(byway.pid), 5000)
      console.log(`${artefact.name}: gone ${Math.round(ms)} ms after ssh`)
    },
  )

  ends(
    `${artefact.name}: ssh killed in an upload that its peer does not take: gone in half a minute`,
    async ({ peer }) => {
      const home = settle(artefact, peer)
      const argv = [
        process.execPath,
        '--import',
        import.meta.resolve('tsx'),
        UPLOADER,
        ...artefact.argv,
        'connect',
        MACHINE,
      ]
      const uploader = start(argv, { env: home.env })
      const socket = await peer.next()
      await standstill(() => socket.readableLength)
      const [byway] = home.liveByways().filter(({ pid }) => pid !== uploader.pid)
      assert.ok(byway, 'byway is there')
      process.kill(uploader.pid, 'SIGKILL')
      const ms = await until('byway is gone', () => !isAlive(byway.pid), 40_000)
      console.log(`${artefact.name}: gone ${Math.round(ms)} ms after who uploads`)
      socket.destroy()
    },
  )
}

ends('who started byway is gone, and the peer is slow: it gets every byte', async ({ peer }) => {
  const home = settle(SCRIPT, peer)
  const size = 8_000_000
  const command = SCRIPT.argv.map((word) => `'${word}'`).join(' ')
  const script = `mkfifo f; ${command} connect ${MACHINE} <f >out & exec 3>f; (head -c ${size} /dev/zero >&3) & read x`
  const shell = start(['sh', '-c', script], { env: home.env, cwd: home.folder })
  const socket = await peer.next()
  await until('it sends', () => socket.readableLength > 0)
  process.kill(shell.pid, 'SIGKILL')
  let taken = 0
  for await (const chunk of socket) {
    taken += chunk.length
    await delay(chunk.length / SLOW)
  }
  assert.is(taken, size)
  socket.destroy()
})

ends.run()

function settle(artefact: Artefact, top: Listener, next?: Listener): Home {
  const home = new Home(artefact)
  const network = ({ host, port }: Listener, priority: number) => ({
    priority,
    peers: { [MACHINE]: { host, port } },
  })
  const networks = { top: network(top, 2), ...(next ? { next: network(next, 1) } : {}) }
  home.writeInventory({ networks })
  return home
}

/** A relay on its way: the peer's banner has been read. */
async function openRelay(
  peer: Listener,
  ...[artefact, plumbing, next]: [Artefact, Plumbing, Listener?]
): Promise<Open> {
  const home = settle(artefact, peer, next)
  const plumbed = plumb(home, ['connect', MACHINE], plumbing)
  const socket = await peer.next()
  assert.is((await readExactly(plumbed.stdout, BANNER.length)).toString(), BANNER)
  return { ...plumbed, home, socket }
}

/** Resolves once the number has not changed for a while. */
async function standstill(measure: () => number): Promise<void> {
  let last = measure()
  let since = performance.now()
  await until('nothing moves any more', () => {
    const now = measure()
    if (now !== last) since = performance.now()
    last = now
    return performance.now() - since > STILL
  })
}

function assertHeldBack(kibibytes: number, unsent: number): void {
  assert.ok(kibibytes < 32 * 1024, `byway grew by ${kibibytes} KiB`)
  assert.ok(unsent > FLOOD.length / 2, `of ${FLOOD.length} bytes ${unsent} are not sent`)
}

async function digest(stream: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
