import { connect, type NetConnectOpts, type OnReadOpts } from 'node:net'
import { BywayError } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { SocketAddress } from '../core/means.ts'
import { PulledSocket } from '../core/pulled-socket.ts'
import { reasonOf } from '../core/reasons.ts'

/** An idle connection is probed after this long: longer than ssh's own keepalives, shorter than NAT. */
const KEEPALIVE_MS = 60_000

/** How a socket is opened. */
export interface SocketOptions {
  /** reads give one byte (see `PulledSocket`) */
  readonly narrow?: boolean
  /** what it is called in errors; else by its address */
  readonly name?: string
}

/**
 * Connects a TCP or unix socket, with TCP_NODELAY and keepalive set (OpenSSH sets neither on what
 * it is passed). Nothing is read. Throws UNAVAILABLE, or the signal's reason.
 */
export function openSocket(
  where: SocketAddress,
  options: SocketOptions,
  signal: AbortSignal,
): Promise<PulledSocket> {
  const name = options.name ?? ('path' in where ? where.path : joinHostPort(where.host, where.port))
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const pulled = new PulledSocket(
      name,
      (onread) => connect(optionsFor(where, onread)),
      options.narrow,
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
    const fail = (cause: Error) => settle(dialError(name, cause))
    const abort = () => settle(signal.reason)
    socket.on('connect', connected).on('error', fail)
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** Racing addresses is ours (autoSelectFamily cancels slow links); half-closed streams live on. */
function optionsFor(where: SocketAddress, onread: OnReadOpts): NetConnectOpts {
  return { ...where, onread, allowHalfOpen: true, autoSelectFamily: false }
}

function dialError(name: string, cause: Error): BywayError {
  return new BywayError('UNAVAILABLE', `dial ${name}: ${reasonOf(cause)}`, { cause })
}
