import type { ChildProcess, StdioOptions } from 'node:child_process'
import { BywayError } from '../core/errors.ts'
import { spawnWithUs } from './spawn-with-us.ts'

/** Characters of a child's stderr that are kept: the last ones. */
const KEPT = 2000
/** Milliseconds in which the last words of one that has ended arrive, if somebody else has its stderr. */
const LAST_WORDS = 100

/** How a program is started. */
export interface ChildOptions {
  readonly stdio: StdioOptions
  /** the whole environment; absent: our own */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/** A program that runs. */
export interface Child {
  readonly process: ChildProcess
  /** the end of what it said on stderr, where that is a pipe */
  words(): string
  /**
   * Resolves when it has ended, and has said all: `status 1`, `SIGTERM`. What it started and left
   * behind is not waited for.
   */
  readonly ended: Promise<string>
}

/**
 * Starts a program, without a shell, as the leader of a session and process group; resolves when
 * it runs. It ends with byway, unless it is let go. Throws UNAVAILABLE when it cannot be started. No
 * error holds its arguments.
 */
export function startChild(words: readonly string[], options: ChildOptions): Promise<Child> {
  const [program = '', ...args] = words
  return new Promise((resolve, reject) => {
    const child = trySpawn(program, args, options)
    const words = keepWords(child)
    const ended = waitForEnd(child)
    child.once('spawn', () => resolve({ process: child, words, ended }))
    child.once('error', (error) => reject(cannotStart(program, error)))
  })
}

function trySpawn(program: string, args: string[], options: ChildOptions): ChildProcess {
  try {
    return spawnWithUs(program, args, { ...options, detached: true })
  } catch (error) {
    // arguments that no program can be given: too long, or with a NUL in them
    throw cannotStart(program, error)
  }
}

function keepWords({ stderr }: ChildProcess): () => string {
  let said = ''
  let cut = false
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    const all = said + text
    cut ||= all.length > KEPT
    said = all.slice(-KEPT)
  })
  // what was cut may begin in the middle of a secret, which nobody would know as one
  return () => (cut ? said.replace(/^\S*/, '') : said).trim()
}

function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => {
      const tell = () => {
        clearTimeout(late)
        resolve(signal ?? `status ${status}`)
      }
      const late = setTimeout(tell, LAST_WORDS)
      if (child.stderr === null || child.stderr.closed) tell()
      else child.stderr.once('close', tell)
    })
  })
}

/** Node's own error is no cause of ours: it has all arguments in it. */
function cannotStart(program: string, error: unknown): BywayError {
  const { code } = error as NodeJS.ErrnoException
  const reason = REASONS[code ?? ''] ?? code ?? 'it cannot be started'
  return new BywayError('UNAVAILABLE', `start "${program}": ${reason}`)
}

/** Words for what execve(2) and Node say. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such program',
  EACCES: 'permission denied',
  ENOEXEC: 'no program for this computer',
  E2BIG: 'its arguments are too long',
  ERR_INVALID_ARG_VALUE: 'an argument that no program can be given',
  EAGAIN: 'too many processes',
  EMFILE: 'too many open files',
  ENOMEM: 'no memory',
}
