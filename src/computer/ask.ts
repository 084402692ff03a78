import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import type { HttpAnswer, HttpQuestion, SocketAddress } from '../core/means.ts'

/** Bytes of an answer at most: a tailnet of thousands has a long status. */
const LONGEST = 16 * 1024 * 1024

/**
 * One HTTP request to a service of this computer; see `Computer.ask`. It is of version 1.0, which
 * is answered without chunks and with an end (RFC 9112 section 6.3): node:http does much more, and
 * takes longer to load than the answer to come.
 */
export async function askHttp(
  where: SocketAddress,
  { path, headers = {} }: HttpQuestion,
  signal: AbortSignal,
): Promise<HttpAnswer | null> {
  const host = 'path' in where ? 'localhost' : `${where.host}:${where.port}`
  const all = { Host: host, Connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const question = [`GET ${path} HTTP/1.0`, ...lines, '', ''].join('\r\n')
  const text = await converse(where, { question, sizeOf: sizeOfHttp }, signal)
  return text === null ? null : readAnswer(text)
}

/** One line of JSON to a service of this computer; see `Computer.askJson`. */
export async function askJson(
  where: SocketAddress,
  question: object,
  signal: AbortSignal,
): Promise<unknown> {
  const line = `${JSON.stringify(question)}\n`
  const text = await converse(where, { question: line, sizeOf: sizeOfJson }, signal)
  return text === null ? null : (parse(text) ?? null)
}

/** A text to a service of this computer; see `Computer.askText`. */
export async function askText(
  where: SocketAddress,
  { text, end }: { readonly text: string; readonly end: string },
  signal: AbortSignal,
): Promise<string | null> {
  const sizeOf = (answer: string) => (answer.endsWith(end) ? answer.length : null)
  const answer = await converse(where, { question: text, sizeOf }, signal)
  return answer?.endsWith(end) === true ? answer : null
}

interface Conversation {
  readonly question: string
  /** How long the answer is that begins so; null: not known yet, infinite: as long as it takes. */
  sizeOf(answer: string): number | null
}

/** All that is answered, one character a byte; null when nobody listens, or it breaks off. */
function converse(
  where: SocketAddress,
  { question, sizeOf }: Conversation,
  signal: AbortSignal,
): Promise<string | null> {
  if (signal.aborted || ('path' in where && !existsSync(where.path))) return Promise.resolve(null)
  return new Promise((resolve) => {
    const socket = connect(where)
    let text = ''
    let size: number | null = null
    const settle = (answer: string | null) => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(answer)
    }
    const stop = () => settle(null)
    signal.addEventListener('abort', stop, { once: true })
    socket.setEncoding('latin1')
    socket.on('connect', () => socket.write(question))
    socket.on('data', (more: string) => {
      text += more
      size ??= sizeOf(text)
      if (text.length > LONGEST) settle(null)
      else if (size !== null && text.length >= size) settle(text)
    })
    socket.on('end', () => settle(text))
    socket.on('error', () => settle(null))
  })
}

interface Head {
  readonly status: number
  /** where the body begins */
  readonly end: number
  /** the body's; null: it goes on to the end */
  readonly length: number | null
}

/** Null when the text does not begin as an HTTP answer with all its headers. */
function readHead(text: string): Head | null {
  const end = text.indexOf('\r\n\r\n') + 4
  const head = text.slice(0, end)
  const status = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(head)?.[1]
  if (status === undefined) return null
  const length = /\r\ncontent-length: *(\d+) *\r\n/i.exec(head)?.[1]
  return { status: Number(status), end, length: length === undefined ? null : Number(length) }
}

function sizeOfHttp(text: string): number | null {
  const head = readHead(text)
  return head === null ? null : head.end + (head.length ?? Number.POSITIVE_INFINITY)
}

function readAnswer(text: string): HttpAnswer | null {
  const head = readHead(text)
  if (head === null) return null
  const body = text.slice(head.end)
  if (body.length < (head.length ?? 0)) return null
  return { status: head.status, json: parse(body.slice(0, head.length ?? undefined)) }
}

function sizeOfJson(text: string): number | null {
  return /[}\]]\s*$/.test(text) && parse(text) !== undefined ? text.length : null
}

/** The value that a JSON text in UTF-8 stands for; undefined: it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString())
  } catch {
    return undefined
  }
}
