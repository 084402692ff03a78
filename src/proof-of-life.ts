import { Socket } from 'node:net'
import { lookAtQueue } from './computer/receive-queue.ts'
import type { Connection } from './core/connection.ts'
import { BywayError } from './core/errors.ts'
import type { Clock } from './core/run-race.ts'

/** A wait is made longer by one in so many parts, but not beyond `LONGEST` milliseconds. */
const PARTS = 8
const LONGEST = 25
/** Of its time, looking may take one part in so many: tables of busy computers are long. */
const SHARE = 10

/**
 * Waits until the peer has said something, without reading it, so that the socket can still be passed
 * on. Where that cannot be seen, connected is enough. Throws UNAVAILABLE when the peer has
 * closed instead, and the signal's reason when that aborts; the connection is closed then.
 */
export async function awaitWords(
  connection: Connection,
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  try {
    const began = clock.now()
    for (let first = true; ; first = false) {
      const looked = clock.now()
      const queue = lookAt(connection)
      // a socket that was reset is in no table any more
      if (queue === 'closed' || (queue === 'unknown' && !first)) throw closed(connection)
      if (queue !== 'nothing') return
      const now = clock.now()
      const wait = Math.min(LONGEST, 1 + (now - began) / PARTS)
      await until(now + Math.max(wait, SHARE * (now - looked)), signal, clock)
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

function lookAt({ socket, inside }: Connection) {
  if (!(socket instanceof Socket)) return 'unknown'
  if (socket.destroyed) return 'closed'
  // Node tells nobody else which descriptor it is
  const { _handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null }
  return lookAtQueue(_handle?.fd ?? -1, inside)
}

function until(time: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.at(time, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}

function closed({ description }: Connection): BywayError {
  return new BywayError('UNAVAILABLE', `${description} closed the connection`)
}
