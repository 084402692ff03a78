import { execFile } from 'node:child_process'
import { withoutKeys } from '../children/environment.ts'

/** Bytes of output at most. */
const LONGEST = 1024 * 1024

/** What a program says on stdout; see `Computer.readOutput`. */
export function readOutput(
  words: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<string | null> {
  const [program, ...args] = words
  return new Promise((resolve) => {
    const env = withoutKeys(process.env)
    const options = { signal, env, killSignal: 'SIGKILL', maxBuffer: LONGEST } as const
    const child = execFile(program, args, options, (error, stdout) => {
      resolve(error === null ? stdout : null)
    })
    child.stdin?.end()
  })
}
