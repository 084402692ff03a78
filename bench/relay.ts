/** Raw bytes through the relay, down, up, and both at once: what they take of the processor, and how long. */
import type { Socket } from 'node:net'
import { listen } from '../test/helpers/listen.ts'
import { mustRun } from '../test/helpers/program.ts'
import { compare, type Row, readTimes } from './harness.ts'
import { BANNER, bywayLines, findRuntime, homeFor, otherRelays } from './peers.ts'

const CHUNK = Buffer.alloc(256 * 1024)

export const relay: Row = {
  name: 'relay',
  target: 'no more CPU per GiB than nc, and at least its throughput',
  measure: async ({ runs, bytes }) => {
    const lines: string[] = []
    for (const [way, down, up] of [
      ['down', bytes, 0],
      ['up', 0, bytes],
      ['both at once', bytes, bytes],
    ] as const) {
      const table = await direction({ down, up }, Math.ceil(runs / 5))
      lines.push(`${way}:`, '', ...table, '')
    }
    return lines
  },
}

interface Amounts {
  readonly down: number
  readonly up: number
}

async function direction({ down, up }: Amounts, runs: number): Promise<string[]> {
  const peer = await startSource(down)
  const { env } = homeFor(peer)
  const contenders = [...otherRelays(peer), ...bywayLines(await findRuntime())]
  const gibs = (down + up) / 2 ** 30
  const turns = contenders.map(({ name, argv }) => ({
    name,
    turn: async () => {
      const input = up === 0 ? 'sleep 0' : `head -c ${up} /dev/zero`
      const script = `TIMEFORMAT="%R %U %S"; ${input} | { time "$@" >&3; } 3> >(cat >/dev/null)`
      const { stderr } = await mustRun(['bash', '-c', script, 'bash', ...argv], { env })
      const { wall, cpu } = readTimes(stderr)
      return [cpu / 1000 / gibs, (1024 * gibs) / (wall / 1000)]
    },
  }))
  const table = await compare(['CPU seconds per GiB', 'MiB/s'], turns, runs)
  peer.stop()
  return table
}

/** Says the banner and as many bytes, takes all that comes, and ends when both are done. */
function startSource(bytes: number) {
  return listen((socket) => {
    void serve(socket, bytes)
  })
}

async function serve(socket: Socket, bytes: number): Promise<void> {
  socket.on('error', () => {}).resume()
  const taken = new Promise<void>((resolve) => socket.once('end', resolve))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(BANNER)
  for (let left = bytes; left > 0 && !socket.destroyed; left -= CHUNK.length) {
    const room = socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))
    if (room) continue
    await Promise.race([closed, new Promise<void>((resolve) => socket.once('drain', resolve))])
  }
  await Promise.race([closed, taken])
  socket.end()
}
