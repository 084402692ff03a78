import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import { hideValue } from '../core/hiding.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { HttpProxy } from '../core/means.ts'
import { requireNoOnion } from '../core/onion.ts'
import { printable } from '../core/printable.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Target } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { readHead } from './http-head.ts'
import { openTcp } from './tcp.ts'

/** The way to the proxy: a read gives one byte until it is widened. */
interface ProxySocket extends Connection {
  widen(): void
}

/** Characters of a proxy's answer that an error has. */
const LONGEST_ANSWER = 200

const LOGIN = [
  'it wants user and password, or others',
  'write them into the network\'s "http": "http://user:password@host:port"',
] as const

/** What an answer means, and what a person can do about it. */
const MEANINGS: Readonly<Record<number, readonly [reason: string, hint?: string]>> = {
  // tinyproxy's answer where another proxy answers 407
  401: LOGIN,
  403: ['it does not allow this host or port', 'many proxies allow port 443 only'],
  405: ['it does no CONNECT'],
  407: LOGIN,
  502: ['it could not reach the host'],
  503: ['it could not reach the host'],
  504: ['the host did not answer it'],
}

/**
 * Opens a stream through an HTTP proxy's CONNECT (RFC 9110 section 9.3.6), with Basic
 * authentication (RFC 7617). The answer's head is read exactly: what comes behind it is still in
 * the kernel. Throws UNAVAILABLE; no message holds the password or a secret host.
 */
export async function dialHttpConnect(
  proxy: HttpProxy,
  target: Target,
  attempt: Attempt,
): Promise<Connection> {
  requireNoOnion(target.host)
  const request = requestFor(proxy, target)
  const socket = await openProxy(proxy, attempt)
  const settled = whenAborted(attempt.signal, () => socket.close())
  attempt.stage('proxy')
  try {
    await socket.write(Buffer.from(request, 'latin1'))
    await requireStream(socket, target)
    socket.widen()
    return socket
  } catch (error) {
    socket.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw asRefusal(error)
  } finally {
    settled()
  }
}

function requestFor(proxy: HttpProxy, target: Target): string {
  const authority = joinHostPort(asciiHost(reveal(target)), target.port)
  const credentials = `${proxy.user}:${proxy.password?.reveal() ?? ''}`
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(proxy.user === undefined
      ? []
      : [`Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function reveal({ host }: Target): string {
  return host instanceof Secret ? host.reveal() : host
}

/** A host that ends the line it is in, or is no host, is not asked for. */
function asciiHost(host: string): string {
  const ascii = isIP(host) > 0 || /^[!-~]+$/.test(host) ? host : domainToASCII(host)
  if (isIP(ascii) > 0 || /^[^\s:/?#@\\[\]]+$/.test(ascii)) return ascii
  throw new BywayError('DATAERR', 'the host is no name or address that a proxy can be asked for')
}

async function requireStream(socket: ProxySocket, target: Target): Promise<void> {
  const peer = `http proxy ${socket.description}`
  const { status, line } = await readHead(socket, peer)
  if (status >= 200 && status < 300) return
  const [reason, hint] = MEANINGS[status] ?? []
  const said = hideHost(line, target).slice(0, LONGEST_ANSWER)
  const meaning = reason === undefined ? '' : `: ${reason}`
  throw new BywayError('UNAVAILABLE', `${peer}: it answered "${printable(said)}"${meaning}`, {
    hint,
  })
}

/** A proxy may say the host again, as it was asked for, in a case of its own. */
function hideHost(line: string, target: Target): string {
  if (!(target.host instanceof Secret)) return line
  const host = reveal(target)
  return [host, asciiHost(host)].reduce(hideValue, line)
}

/** A proxy that resets the connection has as little opened one as a proxy that refuses to. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BywayError) || error.exit !== 'IOERR') return error
  return new BywayError('UNAVAILABLE', `http proxy ${error.message}`, { cause: error })
}

async function openProxy(proxy: HttpProxy, attempt: Attempt): Promise<ProxySocket> {
  const { host, port, tls } = proxy
  if (!tls) return openTcp({ host, port }, { narrow: true }, attempt)
  const { openTls } = await import('./tls.ts')
  return openTls({ host, port }, attempt)
}
