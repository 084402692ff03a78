/** From exec to the first byte on the wire: until the peer accepts. */
import { spawn } from 'node:child_process'
import type { Listener } from '../test/helpers/listen.ts'
import { compare, type Row } from './harness.ts'
import { BANNER, bywayLines, findRuntime, homeFor, onlyConnects, startWaiting } from './peers.ts'
import { cpuOf, memoryOf } from './proc.ts'

/** What `untilAccepted` gives. */
export const MEASURES = ['ms to the first byte', 'ms of CPU by then', 'MiB resident']

export const start: Row = {
  name: 'start',
  target:
    'the executable at most 1.15 times a one-line Node program, the JavaScript file 1.35 times',
  measure: async ({ runs }) => {
    const runtime = await findRuntime()
    const peer = await startWaiting()
    const { env } = homeFor(peer)
    const lines = [
      { name: 'only connects', argv: onlyConnects(runtime, peer) },
      ...bywayLines(runtime),
    ]
    const contenders = lines.map(({ name, argv }) => {
      return { name, turn: () => untilAccepted(argv, env, peer) }
    })
    const table = await compare(MEASURES, contenders, 4 * runs)
    peer.stop()
    return table
  },
}

/** Milliseconds until the peer has accepted, of CPU in all threads by then, and MiB in memory. */
export async function untilAccepted(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  peer: Listener,
): Promise<number[]> {
  const [program = '', ...args] = argv
  const began = performance.now()
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const socket = await peer.next()
  const wall = performance.now() - began
  const cpu = cpuOf(child.pid ?? 0)
  const { all } = memoryOf(child.pid ?? 0)
  socket.write(BANNER)
  child.stdout.resume()
  child.stdin.on('error', () => {}).end()
  await ended
  return [wall, cpu, all]
}
