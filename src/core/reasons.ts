import { messageOf } from './errors.ts'

/** Words for what the system's calls on sockets, getaddrinfo(3) and TLS say. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EPIPE: 'nobody reads it any more',
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

/** Why a call on a socket failed, in words, without the address that Node puts into them. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code === undefined ? messageOf(error) : (REASONS[code] ?? code)
}
