import type { Socket } from 'node:net'
import { basename } from 'node:path'
import { spawnApart } from '../children/spawn-apart.ts'
import type {
  KeeperAnswer,
  KeeperOrder,
  KeeperStatus,
  Launch,
  Progress,
  Way,
} from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { connectClaim } from './claim.ts'
import { readJsonLines, sendJsonLine } from './json-lines.ts'

/** Keepers that may end without having kept before the start is called a failure. */
const TRIES = 5
/** Milliseconds in which a keeper says what it keeps, or counts as none. */
const ANSWER = 2000
/** Milliseconds in which a keeper ends, with its daemon, which has 3 s for that. */
const PARTING = 10_000

/** The right to use a daemon, as long as it is not released or its holder lives. */
export interface Lease {
  /** how the daemon is dialled */
  readonly way: Way
  /** Gives tor a service's client key, base64. Throws UNAVAILABLE. */
  authorize(onion: string, key: string): Promise<void>
  /** Has it stay though nobody uses it, or no longer. Throws UNAVAILABLE. */
  hold(on: boolean): Promise<void>
  release(): void
}

/** What a daemon is known by, and how it would be started. */
export interface Wanted extends Omit<KeeperOrder, 'launch'> {
  /** How it is started, where nobody keeps it; keys are read here. Throws. */
  launch(): Promise<Launch>
}

/** What taking a lease needs besides the order for a keeper. */
export interface LeaseOptions {
  /** the program and first arguments of a byway that can keep */
  readonly self: readonly string[]
  /** the environment of a keeper, and of its daemon */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** called before a keeper is started; not when one is there */
  mayStart(): Promise<void>
  progress(progress: Progress): void
}

/**
 * Takes a lease of a daemon, whose keeper is started when there is none; resolves when the daemon
 * is ready. Throws UNAVAILABLE with the daemon's own words when it ends before, and the signal's
 * reason when that aborts (the daemon goes on then, and lingers).
 */
export async function takeLease(wanted: Wanted, options: LeaseOptions): Promise<Lease> {
  const { name, runtime } = wanted
  for (let tries = 0; tries < TRIES; tries++) {
    const socket = await connectClaim(runtime, options.signal)
    if (socket !== null) {
      const lease = await wait(socket, options)
      if (lease !== null) return lease
    }
    options.signal.throwIfAborted()
    if (tries === 0) await options.mayStart()
    await startKeeper({ ...wanted, launch: await wanted.launch() }, options)
  }
  throw new BywayError('UNAVAILABLE', `${name} could not be started: its keeper ends at once`)
}

/** What the keeper says of itself; null when there is none, or it does not answer. Throws UNAVAILABLE. */
export async function askStatus(runtime: string): Promise<KeeperStatus | null> {
  const answer = await askOnce(runtime, { ask: 'status' })
  return answer?.say === 'status' ? answer.status : null
}

/**
 * Lets a daemon go that was held; resolves when it is gone, or in use still. Throws UNAVAILABLE
 * when it does not answer for `limit` milliseconds.
 */
export async function askRelease(runtime: string, limit: number = PARTING): Promise<void> {
  await askWithin(runtime, limit, (socket) => askOver(socket, { ask: 'hold', on: false }))
}

/**
 * Has the daemon ended; resolves when its keeper is gone. False when there was none. Throws
 * UNAVAILABLE when it is there still after `limit` milliseconds: somebody has stopped it (SIGSTOP).
 */
export function askStop(runtime: string, limit: number = PARTING): Promise<boolean> {
  return askWithin(runtime, limit, (socket) => {
    const gone = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
    sendJsonLine(socket.resume(), { ask: 'stop' })
    return gone
  })
}

/** False when there is no keeper to be asked. */
async function askWithin(
  runtime: string,
  limit: number,
  ask: (socket: Socket) => Promise<unknown>,
): Promise<boolean> {
  const late = AbortSignal.timeout(limit)
  const isThere = await meet(runtime, late, async (socket) => {
    await ask(socket)
    return true
  })
  if (!late.aborted) return isThere !== null
  throw new BywayError('UNAVAILABLE', `the keeper of "${basename(runtime)}" does not end`, {
    hint: 'was it stopped? "kill -CONT" lets it go on',
  })
}

/** Resolves with the lease when the daemon is ready, with null when its keeper is gone. */
function wait(socket: Socket, { signal, progress }: LeaseOptions): Promise<Lease | null> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', abort)
      act()
    }
    socket.on('error', () => {})
    socket.on('close', () => settle(() => resolve(null)))
    readJsonLines(socket, (message) => {
      const answer = message as KeeperAnswer
      if (answer.say === 'progress') progress(answer.progress)
      if (answer.say === 'failed') settle(() => reject(failure(answer)))
      if (answer.say === 'ready') settle(() => resolve(makeLease(socket, answer.way)))
    })
    sendJsonLine(socket, { ask: 'lease', pid: process.pid })
  })
}

function makeLease(socket: Socket, way: Way): Lease {
  return {
    way,
    authorize: async (onion, key) => {
      const answer = await askOver(socket, { ask: 'authorize', onion, key })
      if (answer?.say !== 'authorized') throw failure(answer)
    },
    hold: async (on) => {
      const answer = await askOver(socket, { ask: 'hold', on })
      if (answer?.say !== 'held') throw failure(answer)
    },
    release: () => socket.destroy(),
  }
}

function askOnce(runtime: string, request: object): Promise<KeeperAnswer | null> {
  return meet(runtime, AbortSignal.timeout(ANSWER), (socket) => askOver(socket, request))
}

/**
 * What `ask` gives of a connection to the keeper, which `late` ends; null when there is none, or it
 * takes nobody. Throws UNAVAILABLE.
 */
async function meet<T>(
  runtime: string,
  late: AbortSignal,
  ask: (socket: Socket) => Promise<T>,
): Promise<T | null> {
  const socket = await connectClaim(runtime, late).catch((error: unknown) => {
    if (late.aborted) return null
    throw error
  })
  if (socket === null) return null
  const settled = whenAborted(late, () => socket.destroy())
  const answer = await ask(socket)
  settled()
  socket.destroy()
  return answer
}

/** The next answer that is no progress; null when the keeper is gone. */
function askOver(socket: Socket, request: object): Promise<KeeperAnswer | null> {
  return new Promise((resolve) => {
    socket.on('error', () => {})
    socket.once('close', () => resolve(null))
    readJsonLines(socket, (message) => {
      const answer = message as KeeperAnswer
      if (answer.say !== 'progress' && answer.say !== 'ready') resolve(answer)
    })
    sendJsonLine(socket, request)
  })
}

function failure(answer: KeeperAnswer | null): BywayError {
  if (answer?.say !== 'failed') return new BywayError('UNAVAILABLE', 'the daemon ended')
  return new BywayError('UNAVAILABLE', answer.message, { hint: answer.hint ?? undefined })
}

/**
 * Starts a keeper, which outlives us; resolves when it listens, or has ended because another one
 * keeps. Its order goes through its stdin: argv is for everybody to read.
 */
function startKeeper(order: KeeperOrder, { self, env }: LeaseOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const keeper = spawnApart([...self, 'keep'], { stdio: ['pipe', 'pipe', 'ignore'], env })
    keeper.once('error', (cause) => {
      reject(new BywayError('UNAVAILABLE', `start a keeper: ${cause.message}`, { cause }))
    })
    keeper.stdin?.on('error', () => {})
    keeper.stdin?.end(JSON.stringify(order))
    // it closes its stdout once the claim is decided
    keeper.stdout?.resume().once('close', () => {
      keeper.unref()
      resolve()
    })
  })
}
