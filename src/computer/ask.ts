import { request } from 'node:http'
import { connect } from 'node:net'
import type { HttpAnswer, HttpQuestion, SocketAddress } from '../core/means.ts'

/** Bytes of an answer at most: a tailnet of thousands has a long status. */
const LONGEST = 16 * 1024 * 1024

/** One HTTP request to a service of this computer; see `Computer.ask`. */
export function askHttp(
  where: SocketAddress,
  { path, headers = {} }: HttpQuestion,
  signal: AbortSignal,
): Promise<HttpAnswer | null> {
  const at = 'path' in where ? { socketPath: where.path } : where
  return new Promise((resolve) => {
    const asked = request({ ...at, path, headers, agent: false, signal })
    asked.on('error', () => resolve(null))
    asked.on('response', (response) => {
      const { statusCode = 0 } = response
      const settle = (text: string | null) => {
        asked.destroy()
        resolve(text === null ? null : { status: statusCode, json: parse(text) })
      }
      collect(response, settle)
    })
    asked.end()
  })
}

/** One line of JSON to a service of this computer; see `Computer.askJson`. */
export function askJson(
  where: SocketAddress,
  question: object,
  signal: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect(where)
    const stop = () => settle(null)
    const settle = (text: string | null) => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(text === null ? null : (parse(text) ?? null))
    }
    if (signal.aborted) return settle(null)
    signal.addEventListener('abort', stop, { once: true })
    socket.on('connect', () => socket.write(`${JSON.stringify(question)}\n`))
    collect(socket, settle)
  })
}

/** All of a stream as text; null when it breaks or is too long. Ends early at a whole JSON value. */
function collect(stream: NodeJS.ReadableStream, settle: (text: string | null) => void): void {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (more: string) => {
    text += more
    if (text.length > LONGEST) settle(null)
    else if (/[}\]]\s*$/.test(more) && parse(text) !== undefined) settle(text)
  })
  stream.on('end', () => settle(text))
  stream.on('error', () => settle(null))
}

/** The value that a JSON text stands for; undefined: it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
