import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { basename, join } from 'node:path'
import { connectClaim, sweep, takeClaim } from './claim.ts'

/** What one process alone is to do. */
export interface SoleWork {
  /** called once it is known whether this process is the one */
  decided(): void
  /** the work itself; whoever waits for its end waits until this is settled */
  run(): Promise<void>
}

/**
 * Does a work unless another process does it now, by the claim in `folder` (see `claim.ts`); false
 * when another one does. Throws what the work throws.
 */
export async function runSole(folder: string, { decided, run }: SoleWork): Promise<boolean> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = mkdtempSync(join(folder, 'run.'))
  const waiting = new Set<Socket>()
  const server = createServer((socket) => {
    waiting.add(socket.resume().on('error', () => {}))
    socket.on('close', () => waiting.delete(socket))
  })
  try {
    const taken = await tryClaim(folder, own, server)
    if (taken === null) return await runSole(folder, { decided, run })
    decided()
    if (!taken) return false
    sweep(folder, basename(own))
    await run()
    return true
  } finally {
    server.close()
    for (const socket of waiting) socket.destroy()
    rmSync(own, { recursive: true, force: true })
  }
}

/** Does a work once whoever does it now is done. Throws what the work throws. */
export async function runInTurn(folder: string, run: () => Promise<void>): Promise<void> {
  while (!(await runSole(folder, { decided: () => {}, run }))) {
    await awaitSole(folder, new AbortController().signal)
  }
}

/** Null: whoever held the claim meanwhile took our folder for a leftover. */
async function tryClaim(folder: string, own: string, server: Server): Promise<boolean | null> {
  const listening = join(own, 'claim')
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(listening, resolve)
    })
    return await takeClaim(folder, listening)
  } catch (error) {
    // of a socket whose folder is gone libuv says EACCES
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || !existsSync(own)) return null
    throw error
  }
}

/**
 * Waits until the process that does the work of that folder has done it, or is gone. False when
 * there was none. Throws the signal's reason.
 */
export async function awaitSole(folder: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  const socket = await connectClaim(folder, signal)
  if (socket === null) return false
  if (signal.aborted) socket.destroy()
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.on('error', () => {})
    socket.resume().once('close', () => {
      signal.removeEventListener('abort', abort)
      resolve(true)
    })
  })
}
