import { isIP, type NetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { domainToASCII } from 'node:url'
import { BywayError } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { HttpProxy } from '../core/means.ts'
import { printable } from '../core/printable.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection, Target } from '../core/types.ts'
import { readHead } from './http-head.ts'
import { isUntrusted, readSystemTrust } from './system-trust.ts'
import { openTcp } from './tcp.ts'

/** What an answer means, and what a person can do about it. */
const MEANINGS: Readonly<Record<number, readonly [reason: string, hint?: string]>> = {
  403: ['it does not allow this host or port', 'many proxies allow port 443 only'],
  405: ['it does no CONNECT'],
  407: [
    'it wants user and password, or others',
    'write them into the network\'s "http": "http://user:password@host:port"',
  ],
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
  const request = requestFor(proxy, target)
  const socket = await openProxy(proxy, attempt)
  const stop = () => socket.close()
  attempt.signal.addEventListener('abort', stop, { once: true })
  attempt.stage('proxy')
  try {
    await socket.write(Buffer.from(request, 'latin1'))
    await requireStream(socket, target)
    socket.widen()
    return proxy.tls ? withoutSocket(socket) : socket
  } catch (error) {
    socket.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw asRefusal(error)
  } finally {
    attempt.signal.removeEventListener('abort', stop)
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

async function requireStream(socket: PulledSocket, target: Target): Promise<void> {
  const peer = `http proxy ${socket.description}`
  const { status, line } = await readHead(socket, peer)
  if (status >= 200 && status < 300) return
  const [reason, hint] = MEANINGS[status] ?? []
  const shown = line.slice(0, 200)
  const said = target.host instanceof Secret ? shown.replaceAll(reveal(target), '[secret]') : shown
  const meaning = reason === undefined ? '' : `: ${reason}`
  throw new BywayError('UNAVAILABLE', `${peer}: it answered "${printable(said)}"${meaning}`, {
    hint,
  })
}

/** A proxy that resets the connection has as little opened one as a proxy that refuses to. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BywayError) || error.exit !== 'IOERR') return error
  return new BywayError('UNAVAILABLE', `http proxy ${error.message}`, { cause: error })
}

/**
 * For https, TLS for the proxy's name (RFC 6066: none for an IP address), at first with the trust
 * that Node comes with: the computer's own takes longer to load.
 */
async function openProxy({ host, port, tls }: HttpProxy, attempt: Attempt): Promise<PulledSocket> {
  const open = (trust: { readonly ca?: string[] }) => {
    const own = { ...trust, servername: isIP(host) > 0 ? '' : host }
    const connect = (options: NetConnectOpts) =>
      connectTls({ ...(options as ConnectionOptions), ...own })
    const secure = tls ? ({ connect, ready: 'secureConnect' } as const) : {}
    return openTcp({ host, port }, { narrow: true, ...secure }, attempt)
  }
  try {
    return await open({})
  } catch (error) {
    const ca = tls && isUntrusted(error) ? readSystemTrust(process.env) : []
    if (ca.length === 0 || attempt.signal.aborted) throw error
    return await open({ ca })
  }
}

/** The same stream without the socket, which is of no use without the TLS state in this process. */
function withoutSocket(socket: PulledSocket): Connection {
  return {
    read: () => socket.read(),
    write: (bytes) => socket.write(bytes),
    end: () => socket.end(),
    close: () => socket.close(),
    description: socket.description,
  }
}
