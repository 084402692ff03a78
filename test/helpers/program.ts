import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { atExit } from './cleanup.ts'
import { killTree } from './proc.ts'

/** Milliseconds after which a program that a test runs is taken for hung, and killed. */
const HUNG = 120_000

/** Milliseconds that a server of the tests may live: a day, which no suite takes. */
export const FOR_LONG = 86_400_000

/** The environment with the programs of an administrator, which are in the PATH of few others. */
export const SBIN_ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }

/** What a program is run with. */
export interface RunOptions {
  /** the whole environment; this process's own when it is left out */
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string | undefined
  /** all of stdin */
  readonly input?: string | Uint8Array | undefined
  /** milliseconds after which it is killed, instead of two minutes */
  readonly limit?: number | undefined
}

/** What became of a program. */
export interface Result {
  readonly stdout: Buffer
  readonly stderr: string
  /** null when a signal ended it */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** milliseconds from its start to the end of its output */
  readonly ms: number
}

/** A program that is running. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly pid: number
  /** when it has ended and its output is closed */
  readonly result: Promise<Result>
  /** Resolves once its output has held the text; rejects when it ends without. */
  says(text: string, from?: Output): Promise<void>
  /** What it has written so far. */
  heard(from?: Output): string
  /** Ends it, with all its descendants. */
  kill(): void
}

type Output = 'stdout' | 'stderr'

/**
 * Starts a program in a session of its own: without terminal, and not left behind. Without an
 * input its stdin stays open for the test.
 */
export function start(argv: readonly string[], options: RunOptions = {}): Running {
  const [command = '', ...args] = argv
  const { env = process.env, cwd, input, limit = HUNG } = options
  const child = spawn(command, args, { env, cwd, detached: true, stdio: 'pipe' })
  const collected = { stdout: collect(child, 'stdout'), stderr: collect(child, 'stderr') }
  const kill = atExit(() => {
    const ended = child.exitCode !== null || child.signalCode !== null
    if (child.pid !== undefined && !ended) killTree(child.pid)
  })
  const result = finish(child, { collected, limit, kill })
  result.catch(() => {})
  // that a program does not read its stdin to the end is no failure of the test
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  return {
    child,
    pid: child.pid ?? 0,
    result,
    says: (text, from = 'stdout') => hear(child[from], collected[from], text),
    heard: (from = 'stdout') => Buffer.concat(collected[from]).toString(),
    kill,
  }
}

/** Runs a program to its end. Rejects only when it cannot be started, or hung. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  return start(argv, { ...options, input: options.input ?? '' }).result
}

/** Runs a program that has to succeed. Rejects with what it said when it did not. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const result = await run(argv, options)
  if (result.status === 0) return result
  throw new Error(`${argv.join(' ')}: ${describeEnd(result)}\n${result.stderr}`)
}

/** `status 1` or `SIGKILL`. */
export function describeEnd({ status, signal }: Pick<Result, 'status' | 'signal'>): string {
  return signal ?? `status ${status}`
}

interface Watch {
  readonly collected: Readonly<Record<Output, Buffer[]>>
  readonly limit: number
  kill(): void
}

function finish(child: ChildProcess, { collected, limit, kill }: Watch): Promise<Result> {
  const began = performance.now()
  const stderr = () => Buffer.concat(collected.stderr).toString()
  return new Promise<Result>((resolve, reject) => {
    const timer = setTimeout(() => {
      kill()
      reject(new Error(`${child.spawnargs.join(' ')}: hung for ${limit} ms; it said: ${stderr()}`))
    }, limit)
    child.on('error', reject)
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      kill()
      const stdout = Buffer.concat(collected.stdout)
      resolve({ stdout, stderr: stderr(), status, signal, ms: performance.now() - began })
    })
  })
}

function collect(child: ChildProcess, from: Output): Buffer[] {
  const chunks: Buffer[] = []
  child[from]?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return chunks
}

function hear(stream: Readable, chunks: readonly Buffer[], text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!Buffer.concat(chunks).includes(text)) return
      stream.off('data', look).off('close', fail)
      resolve()
    }
    const fail = () => reject(new Error(`ended without "${text}": ${Buffer.concat(chunks)}`))
    stream.on('data', look).on('close', fail)
    look()
  })
}
