/** Round trips of one byte over the relay, as keystrokes are. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { listen } from '../test/helpers/listen.ts'
import { compare, quantile, type Row } from './harness.ts'
import { BANNER, bywayLines, findRuntime, homeFor, otherRelays } from './peers.ts'

const KEYS = 400

export const interactive: Row = {
  name: 'interactive',
  target: 'p50 at most 1.3 times that of nc',
  measure: async ({ runs }) => {
    const peer = await listen((socket) => {
      socket.on('error', () => {}).write(BANNER)
      socket.pipe(socket)
    })
    const { env } = homeFor(peer)
    const contenders = [...otherRelays(peer), ...bywayLines(await findRuntime())]
    const turns = contenders.map(({ name, argv }) => ({ name, turn: () => type(argv, env) }))
    const table = await compare(['p50, µs', 'p99, µs'], turns, runs)
    peer.stop()
    return table
  },
}

async function type(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number[]> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const times: number[] = []
  for (let i = 0; i < KEYS; i++) {
    const began = performance.now()
    child.stdin.write('x')
    await once(child.stdout, 'data')
    times.push(1000 * (performance.now() - began))
  }
  child.stdin.end()
  child.stdout.resume()
  await once(child, 'close')
  return [quantile(times, 0.5), quantile(times, 0.99)]
}
