import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { BywayError } from '../core/errors.ts'

/** Characters of a child's stderr that are kept: the last ones. */
const KEPT = 2000

/** A program that runs. */
export interface Child {
  readonly process: ChildProcess
  /** the end of what it said on stderr, where that is a pipe */
  words(): string
  /** resolves when it has ended: `status 1`, `SIGTERM` */
  readonly ended: Promise<string>
}

/**
 * Starts a program, without a shell, as the leader of a process group; resolves when it runs.
 * Throws UNAVAILABLE when it cannot be started.
 */
export function startChild(words: readonly string[], options: SpawnOptions): Promise<Child> {
  const [program = '', ...args] = words
  const child = spawn(program, args, { ...options, detached: true })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('close', (status, signal) => resolve(signal ?? `status ${status}`))
  })
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve({ process: child, words: () => said.trim(), ended }))
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'no such program' : cause.message
      reject(new BywayError('UNAVAILABLE', `start "${program}": ${reason}`, { cause }))
    })
  })
}
