import type { ChildProcess } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { withoutKeys } from '../children/environment.ts'
import { endFamily } from '../children/family.ts'
import { spawnWithUs } from '../children/spawn-with-us.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import type { Environment, VarContext } from './backend.ts'

/** bytes of standard output; the largest var, and the largest identity file, are smaller */
const OUTPUT_LIMIT = 16 * 1024 * 1024

/** characters of standard error that are kept: the last ones */
const WORDS_LIMIT = 4096

/** Also in lower case, also when only their beginning is quoted; not the name of a plugin. */
const SECRET_KEYS = /AGE-(?:SECRET-KEY|PLUGIN)-(?:[A-Z0-9-]*-)?1[A-Z0-9]*/gi

/** One run of one of the user's programs. */
export interface Run {
  /** the program, looked up on the user's PATH, and its arguments: none is a secret */
  readonly argv: readonly string[]
  readonly context: VarContext
  /** the child's environment; absent: the user's without the variables that hold keys */
  readonly env?: Environment
  /** what the child reads; absent: nothing. Never our own stdin, which is the connection. */
  readonly input?: string
}

/** How a run ended. */
export interface Outcome {
  /** null: ended by a signal */
  readonly status: number | null
  readonly output: Buffer
  /** the end of what it said on stderr in one line, without controls and without keys */
  readonly words: string
}

/**
 * Runs a program without a shell, once programs may be started; null: it is not on the PATH.
 * Where there is a terminal, the program may ask the person on it (never on our stdin). When the
 * signal aborts, the program and all that it started end, and the signal's reason is thrown.
 * Throws DATAERR when it writes more than 16 MiB.
 */
export async function runProgram(run: Run): Promise<Outcome | null> {
  const { context } = run
  await context.mayStart?.()
  context.signal.throwIfAborted()
  const child = start(run)
  child.stdin?.on('error', () => {}).end(run.input ?? '')
  return supervise(child, context.signal)
}

/** How it ended, in words: `ended with status 1: …`, with what it said where it said something. */
export function describeEnd({ status, words }: Outcome): string {
  const end = status === null ? 'was ended by a signal' : `ended with status ${status}`
  return words === '' ? end : `${end}: ${words}`
}

function start({ argv, context, env, input }: Run): ChildProcess {
  const [program = '', ...rest] = argv
  return spawnWithUs(program, rest, {
    env: env ?? withoutKeys(context.env),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // A session of its own has no terminal to ask for a passphrase on.
    detached: !hasTerminal(),
  })
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY))
    return true
  } catch {
    return false
  }
}

/** Waits for the end; sees to it that the family ends when nobody waits any more. */
function supervise(child: ChildProcess, signal: AbortSignal): Promise<Outcome | null> {
  return new Promise((resolve, reject) => {
    const give = (reason: unknown): void => {
      endFamily(child)
      reject(reason)
    }
    const gathered = gather(child, () => give(writesTooMuch(child)))
    const onAbort = (): void => give(signal.reason)
    const release = (): void => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort, { once: true })
    child.once('error', (error) => {
      release()
      if (isMissing(error)) resolve(null)
      else reject(cannotStart(child, error))
    })
    child.once('close', (status) => {
      release()
      resolve({ status, output: gathered.output(), words: gathered.words() })
    })
  })
}

interface Gathered {
  output(): Buffer
  words(): string
}

function gather(child: ChildProcess, overflow: () => void): Gathered {
  const chunks: Buffer[] = []
  let size = 0
  let words = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > OUTPUT_LIMIT) overflow()
    else chunks.push(chunk)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_LIMIT)
  })
  return { output: () => Buffer.concat(chunks), words: () => tidy(words) }
}

function writesTooMuch(child: ChildProcess): BywayError {
  return new BywayError('DATAERR', `${child.spawnfile} writes more than 16 MiB`)
}

function cannotStart(child: ChildProcess, error: Error): BywayError {
  return new BywayError('NOPERM', `${child.spawnfile} cannot be started: ${messageOf(error)}`)
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT'
}

function tidy(words: string): string {
  // What was cut may begin in the middle of a key.
  const whole = words.length < WORDS_LIMIT ? words : words.replace(/^\S*/, '')
  const line = whole.replace(SECRET_KEYS, '[secret]').replace(/[\p{Cc}\s]+/gu, ' ')
  return line.trim().slice(-400)
}
