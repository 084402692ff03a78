import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'

/** Bytes of an answer's head at most. */
const LONGEST = 16 * 1024

/** The head of an HTTP/1 answer. */
export interface Head {
  readonly status: number
  /** the status line, as it came */
  readonly line: string
  /** all of it, as it came */
  readonly text: string
}

/**
 * Reads an answer's head (RFC 9112) byte by byte up to the empty line, not one more, from a socket
 * whose reads give one; interim ones (100 to 199 but 101) are passed over. `peer` is what errors begin with. Throws UNAVAILABLE.
 */
export async function readHead(socket: Pick<Connection, 'read'>, peer: string): Promise<Head> {
  for (;;) {
    const text = await readText(socket, peer)
    const [line = ''] = text.split(/\r?\n/)
    const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(line)?.[1])
    if (Number.isNaN(status)) throw unavailable(peer, 'does not speak HTTP')
    if (status === 101 || status >= 200) return { status, line, text }
  }
}

async function readText(socket: Pick<Connection, 'read'>, peer: string): Promise<string> {
  let text = ''
  while (!text.endsWith('\n\r\n') && !text.endsWith('\n\n')) {
    const bytes = await socket.read()
    if (bytes === null) {
      throw unavailable(peer, text === '' ? 'closed without an answer' : 'closed amid its answer')
    }
    text += String.fromCharCode(...bytes)
    if (text.length > LONGEST) throw unavailable(peer, 'its answer has no end')
    // whoever says something else may say it without an end of line
    if (!'HTTP/1.'.startsWith(text.slice(0, 7))) throw unavailable(peer, 'does not speak HTTP')
  }
  return text
}

function unavailable(peer: string, reason: string): BywayError {
  return new BywayError('UNAVAILABLE', `${peer}: ${reason}`)
}
