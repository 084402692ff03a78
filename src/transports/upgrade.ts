import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import type { SocketAddress, Upgrade } from '../core/means.ts'
import { printable } from '../core/printable.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import type { Attempt } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { type Head, readHead } from './http-head.ts'
import { openSocket } from './open-socket.ts'

/** Bytes of a refusal's body that are read. */
const LONGEST_BODY = 400

/**
 * Opens the stream that a service gives by an HTTP upgrade (RFC 9110 section 7.8): a request, and
 * an answer 101 whose head is read exactly, so that what comes behind it is still in the kernel.
 * Throws UNAVAILABLE with what the service says instead.
 */
export async function dialUpgrade(
  service: { readonly at: SocketAddress; readonly description: string },
  request: Upgrade,
  attempt: Attempt,
): Promise<Connection> {
  const options = { narrow: true, name: service.description }
  const socket = await openSocket(service.at, options, attempt.signal)
  const settled = whenAborted(attempt.signal, () => socket.close())
  attempt.stage('proxy')
  try {
    await socket.write(Buffer.from(textOf(request), 'latin1'))
    const head = await readHead(socket, socket.description)
    if (head.status !== 101) throw await refusal(head, socket)
    socket.widen()
    return socket
  } catch (error) {
    socket.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error
  } finally {
    settled()
  }
}

function textOf({ method, path, protocol, headers }: Upgrade): string {
  const all = { ...headers, Connection: 'upgrade', Upgrade: protocol, 'Content-Length': '0' }
  // whatever a host is made of, it begins no further header
  const lines = Object.entries(all).map(
    ([name, value]) => `${name}: ${value.replace(/[^ -~]/g, '')}`,
  )
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** The body of a refusal says more than its number. */
async function refusal({ text, line }: Head, socket: PulledSocket): Promise<BywayError> {
  const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0)
  let body = ''
  while (body.length < Math.min(length, LONGEST_BODY)) {
    const bytes = await socket.read()
    if (bytes === null) break
    body += String.fromCharCode(...bytes)
  }
  const said = printable(body.trim() === '' ? line : body.trim())
  return new BywayError('UNAVAILABLE', `${socket.description}: ${said}`)
}
