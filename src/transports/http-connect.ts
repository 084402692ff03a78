import { isIP, type NetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { BywayError } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { HttpProxy } from '../core/means.ts'
import { printable } from '../core/printable.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection, Target } from '../core/types.ts'
import { openTcp } from './tcp.ts'

/** Bytes of an answer's head at most. */
const LONGEST_HEAD = 16 * 1024

/** Words for answers that have a cause worth naming. */
const REASONS: Readonly<Record<number, string>> = {
  403: 'it does not allow this host or port',
  407: 'it wants user and password, or others',
  502: 'it could not reach the host',
  503: 'it could not reach the host',
  504: 'the host did not answer it',
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
  const socket = await openProxy(proxy, attempt)
  const stop = () => socket.close()
  attempt.signal.addEventListener('abort', stop, { once: true })
  attempt.stage('proxy')
  try {
    await socket.write(Buffer.from(requestFor(proxy, target), 'latin1'))
    checkAnswer(await readHead(socket), socket)
    socket.widen()
    return proxy.tls ? withoutSocket(socket) : socket
  } catch (error) {
    socket.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error
  } finally {
    attempt.signal.removeEventListener('abort', stop)
  }
}

function requestFor(proxy: HttpProxy, target: Target): string {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const authority = joinHostPort(host, target.port)
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

/** Byte by byte up to the empty line, not one more. */
async function readHead(socket: PulledSocket): Promise<string> {
  let head = ''
  while (!head.endsWith('\r\n\r\n') && !head.endsWith('\n\n')) {
    const bytes = await socket.read()
    if (bytes === null) throw refusal(socket, 'closed without an answer')
    head += String.fromCharCode(...bytes)
    if (head.length > LONGEST_HEAD) throw refusal(socket, 'its answer has no end')
  }
  return head
}

function checkAnswer(head: string, socket: PulledSocket): void {
  const [line = ''] = head.split(/\r?\n/)
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(line)?.[1])
  if (status >= 200 && status < 300) return
  if (Number.isNaN(status)) throw refusal(socket, 'does not speak HTTP')
  const reason = REASONS[status]
  const said = printable(line.slice(0, 80))
  throw refusal(socket, `it answered "${said}"${reason === undefined ? '' : `: ${reason}`}`)
}

function refusal({ description }: PulledSocket, reason: string): BywayError {
  return new BywayError('UNAVAILABLE', `http proxy ${description}: ${reason}`)
}

/** TLS with the computer's trust, for the proxy's name (RFC 6066: none for an IP address). */
function openProxy({ host, port, tls }: HttpProxy, attempt: Attempt): Promise<PulledSocket> {
  const servername = isIP(host) > 0 ? '' : host
  const connect = (options: NetConnectOpts) =>
    connectTls({ ...(options as ConnectionOptions), servername })
  const secure = tls ? ({ connect, ready: 'secureConnect' } as const) : {}
  return openTcp({ host, port }, { narrow: true, ...secure }, attempt)
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
