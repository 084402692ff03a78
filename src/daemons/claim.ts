import { linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { connect, Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { BywayError, messageOf } from '../core/errors.ts'

/** Milliseconds before a holder is asked again whose queue of connections is full. */
const CROWDED = 50

/** What the system says where nobody listens any more, or ends just now; all else says nothing. */
const NOBODY = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTSOCK']

const CLAIM = /^claim\.(\d+)$/

/**
 * Who keeps a daemon: a socket that listens, under the name `claim.<generation>`. No lock can stay
 * behind a crash, because a claim counts only as long as its socket accepts.
 *
 * Why two can never hold it: a generation is taken by link(2), which one alone can do; it is taken
 * only after the highest one was found dead, by a socket that listens already; and the highest is
 * never removed, so that a slow taker of a lower one finds a higher one, and lets go.
 *
 * Takes the next generation for the socket at `listening`. False when another one is alive. Throws
 * UNAVAILABLE where that cannot be told, and the system's error where nothing can be linked.
 */
export async function takeClaim(folder: string, listening: string): Promise<boolean> {
  for (;;) {
    const highest = highestClaim(folder)
    if (highest > 0 && (await isClaimed(folder))) return false
    const mine = highest + 1
    if (!tryLink(listening, claimPath(folder, mine))) continue
    if (highestClaim(folder) === mine) return true
    rmSync(claimPath(folder, mine), { force: true })
  }
}

/**
 * True while the claim is that of the socket at `listening`. Where it was removed, as cleaners of
 * temporary folders do, it is taken again; false when the folder is gone, or another one has it.
 */
export function holdClaim(folder: string, listening: string): boolean {
  try {
    const { ino } = statSync(listening)
    const highest = highestClaim(folder)
    if (highest === 0) return tryLink(listening, claimPath(folder, 1))
    return statSync(claimPath(folder, highest)).ino === ino
  } catch {
    return false
  }
}

/** Removes what earlier holders left. For the holder only. */
export function sweep(folder: string, keep: string): void {
  const highest = highestClaim(folder)
  for (const name of readdirSync(folder)) {
    const generation = CLAIM.exec(name)?.[1]
    if (name === keep || Number(generation) === highest) continue
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/**
 * A connection to whoever holds the claim; null when nobody does. Throws the signal's reason when
 * that aborts while more wait for the holder than it has room for: it lives, and takes nobody.
 * Throws UNAVAILABLE where nobody can say whether somebody does.
 */
export async function connectClaim(folder: string, signal: AbortSignal): Promise<Socket | null> {
  for (;;) {
    const found = await tryHighest(folder)
    if (found !== 'crowded') return found
    await delay(CROWDED)
    signal.throwIfAborted()
  }
}

/** True when somebody holds the claim, whether it answers or not. Throws UNAVAILABLE. */
export async function isClaimed(folder: string): Promise<boolean> {
  const found = await tryHighest(folder)
  if (found instanceof Socket) found.destroy()
  return found !== null
}

async function tryHighest(folder: string): Promise<Socket | 'crowded' | null> {
  const highest = highestClaim(folder)
  return highest === 0 ? null : await tryConnect(claimPath(folder, highest))
}

function tryConnect(path: string): Promise<Socket | 'crowded' | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error
      // a full backlog is a sign of life
      if (code === 'EAGAIN') resolve('crowded')
      else if (NOBODY.includes(code)) resolve(null)
      else reject(cannotTell(path, error))
    })
  })
}

function highestClaim(folder: string): number {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const generations = readdirSync(folder).map((name) => Number(CLAIM.exec(name)?.[1] ?? 0))
    return Math.max(0, ...generations)
  } catch (error) {
    throw cannotTell(folder, error)
  }
}

function cannotTell(path: string, cause: unknown): BywayError {
  const message = `look who holds "${path}": ${messageOf(cause)}`
  return new BywayError('UNAVAILABLE', message, { cause })
}

function claimPath(folder: string, generation: number): string {
  return join(folder, `claim.${generation}`)
}

/** Gives a file a further name, which one process alone can do; false: the name is taken. */
export function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
