import { connect, type NetConnectOpts, type OnReadOpts } from 'node:net'
import { BywayError, messageOf } from '../core/errors.ts'
import { PulledSocket } from '../core/pulled-socket.ts'

/** An idle connection is probed after this long: longer than ssh's own keepalives, shorter than NAT. */
const KEEPALIVE_MS = 60_000

/** Words for what connect(2) and getaddrinfo(3) say. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENETDOWN: 'network is down',
  ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'address not available',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EINVAL: 'invalid address',
  ENOENT: 'no such socket',
  EMFILE: 'too many open files',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name server does not answer',
  EAI_NODATA: 'name has no address',
}

/** The reason of a failed system call in words, without the address that Node puts into it. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code === undefined ? messageOf(error) : (REASONS[code] ?? code)
}

/** An address of a socket, and whether reads are narrow (see `PulledSocket`). */
export type Where = ({ host: string; port: number } | { path: string }) & { narrow?: boolean }

/**
 * Connects a TCP or unix socket, with TCP_NODELAY and keepalive set (OpenSSH sets neither on what
 * it is passed). Nothing is read. `description` names it in errors. Throws UNAVAILABLE.
 */
export function openSocket(
  where: Where,
  description: string,
  signal: AbortSignal,
): Promise<PulledSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const pulled = new PulledSocket(
      description,
      (onread) => connect(optionsFor(where, onread)),
      where.narrow,
    )
    const { socket } = pulled
    const settle = (error: unknown) => {
      signal.removeEventListener('abort', abort)
      socket.off('connect', connected).off('error', fail)
      if (error === null) return resolve(pulled)
      pulled.close()
      reject(error)
    }
    const connected = () => {
      socket.setNoDelay(true).setKeepAlive(true, KEEPALIVE_MS)
      settle(null)
    }
    const fail = (cause: Error) => settle(dialError(description, cause))
    const abort = () => settle(signal.reason)
    socket.on('connect', connected).on('error', fail)
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** Racing addresses is ours (autoSelectFamily cancels slow links); half-closed streams live on. */
function optionsFor({ narrow: _, ...where }: Where, onread: OnReadOpts): NetConnectOpts {
  return { ...where, onread, allowHalfOpen: true, autoSelectFamily: false }
}

function dialError(description: string, cause: Error): BywayError {
  return new BywayError('UNAVAILABLE', `dial ${description}: ${reasonOf(cause)}`, { cause })
}
