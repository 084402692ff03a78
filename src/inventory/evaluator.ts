import { endFamily } from '../children/family.ts'
import { spawnWithUs } from '../children/spawn-with-us.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { shortenOnion } from '../core/show.ts'
import { showFlake } from './flake.ts'
import type { Environment } from './locate.ts'

/** Bytes of output at most: the exports of thousands of machines are smaller. */
const OUTPUT_LIMIT = 64 * 1024 * 1024
/** Characters of stderr that are kept: the last ones. */
const WORDS_LIMIT = 1024 * 1024

/** Where a program that evaluates runs, and until when. */
export interface EvaluatorContext {
  /** the directory that it is started in */
  readonly folder: string
  readonly env: Environment
  /** when it aborts, the program and all that it started end */
  readonly signal: AbortSignal
}

/** How a program ended. */
export interface Ended {
  /** null: by a signal */
  readonly status: number | null
  readonly output: string
  /** what it said on stderr, without the escapes that colour it */
  readonly words: string
}

/**
 * Runs a program without a shell, in a process group of its own, which ends when the signal aborts
 * or we do; null: there is no such program. Throws the signal's reason, UNAVAILABLE when it cannot
 * be started, DATAERR when it writes without end.
 */
export function runEvaluator(
  [program = '', ...args]: readonly string[],
  { folder, env, signal }: EvaluatorContext,
): Promise<Ended | null> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawnWithUs(program, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const output: Buffer[] = []
    let size = 0
    let words = ''
    const give = (reason: unknown) => {
      endFamily(child)
      reject(reason)
    }
    const abort = () => give(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= OUTPUT_LIMIT) output.push(chunk)
      else give(new BywayError('DATAERR', `${program} writes more than ${OUTPUT_LIMIT} bytes`))
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-WORDS_LIMIT)
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', abort)
      if (error.code === 'ENOENT') resolve(null)
      else reject(cannotStart(program, error))
    })
    child.once('close', (status) => {
      signal.removeEventListener('abort', abort)
      resolve({ status, output: Buffer.concat(output).toString(), words: withoutEscapes(words) })
    })
  })
}

/** The `error:` lines of what Nix said, its own message last, as one short line. */
export function shortenError(words: string): string {
  const lines = words.split('\n').map((line) => /^\s*error:\s*(\S.*)$/.exec(line)?.[1]?.trim())
  const errors = [...new Set(lines.filter((line) => line !== undefined))]
  const said = errors.length > 0 ? errors.slice(-3).join('; ') : lastLine(words)
  const hidden = showFlake(shortenOnion(said))
  return hidden.length > 600 ? `${hidden.slice(0, 600)}…` : hidden
}

function lastLine(words: string): string {
  return words.trim().split('\n').at(-1)?.trim() || 'it does not say why'
}

/** ECMA-48 control sequences, and the links of terminals (OSC 8). */
function withoutEscapes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))/g, '')
}

function cannotStart(program: string, cause: Error): BywayError {
  return new BywayError('UNAVAILABLE', `start "${program}": ${messageOf(cause)}`, { cause })
}
