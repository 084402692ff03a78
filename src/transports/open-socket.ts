import { connect, type NetConnectOpts, type OnReadOpts } from 'node:net'
import { BywayError, messageOf } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { SocketAddress } from '../core/means.ts'
import { PulledSocket } from '../core/pulled-socket.ts'

/** An idle connection is probed after this long: longer than ssh's own keepalives, shorter than NAT. */
const KEEPALIVE_MS = 60_000

/** Words for what connect(2), getaddrinfo(3) and TLS say. */
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
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself alone',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody who is trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is trusted here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS',
}

/** The reason of a failed system call in words, without the address that Node puts into it. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code === undefined ? messageOf(error) : (REASONS[code] ?? code)
}

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
