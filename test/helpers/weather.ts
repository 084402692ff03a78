import { fileURLToPath } from 'node:url'
import { makeNamespace } from './netns.ts'
import { SBIN_ENV, start } from './program.ts'

const PROGRAM = fileURLToPath(new URL('weather.py', import.meta.url))

/** What happens to packets: milliseconds, and percents of them. */
export interface Weather {
  readonly delay: number
  /** at most so much more, by chance */
  readonly jitter: number
  /** so many are not delayed, and overtake others */
  readonly reorder: number
  readonly loss: number
  readonly seed: number
}

/** Two network namespaces, and a link between them that has weather. */
export interface WeatheredLink {
  /** put before a program and its arguments, they run it at this end */
  readonly here: readonly string[]
  readonly there: readonly string[]
  /** the address of the other end */
  readonly address: string
  /** Ends both; what became of the packets. */
  stop(): Promise<{ carried: number; lost: number; overtaken: number }>
}

/** Makes such a link, as root or as anybody. */
export async function makeWeatheredLink(weather: Weather): Promise<WeatheredLink> {
  const namespace = await makeNamespace()
  const { delay, jitter, reorder, loss, seed } = weather
  const numbers = [delay, jitter, reorder, loss, seed].map(String)
  const link = start([...namespace.inside, '/usr/bin/python3', PROGRAM, ...numbers], {
    env: SBIN_ENV,
  })
  await link.says('\n')
  const [, , address = ''] = link.heard().trim().split(' ')
  const [nsenter = '', ...words] = namespace.inside
  const at = words.indexOf('--target') + 1
  return {
    here: namespace.inside,
    // its process is the link's
    there: [nsenter, ...words.with(at, String(link.pid))],
    address,
    stop: async () => {
      link.child.stdin.end()
      const { stdout, stderr } = await link.result
      namespace.stop()
      const counts = /carried (\d+), lost (\d+), overtaken (\d+)/.exec(stdout.toString())
      if (counts === null) throw new Error(`the link broke: ${stderr}`)
      const [carried = 0, lost = 0, overtaken = 0] = counts.slice(1).map(Number)
      return { carried, lost, overtaken }
    },
  }
}
