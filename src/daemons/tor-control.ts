import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Progress } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'

/** The code of an asynchronous event. */
const EVENT = '650'
/** Characters of one line at most: what speaks more is no tor. */
const LONGEST = 1024 * 1024
/** Milliseconds in which a tor answers that is not stopped or stuck. */
const ANSWER = 10_000
/** What stands for a reply: the connection is gone, or tor does not answer. */
const GONE: ControlReply = { code: 0, lines: ['it has closed its control connection'] }
const SILENT: ControlReply = { code: 0, lines: ['it does not answer'] }

/** A reply of tor's control port: its status code and the text of its lines; code 0: words of ours. */
export interface ControlReply {
  readonly code: number
  readonly lines: readonly string[]
}

type Waiter = (reply: ControlReply) => void

/**
 * tor's control protocol (control-spec.txt), as far as a keeper needs it: commands one after
 * another, each with one reply, and asynchronous events (code 650) between them. What is no line
 * of that protocol ends the connection.
 */
export class TorControl {
  readonly #socket: Socket
  readonly #waiters: Waiter[] = []
  readonly #onEvent: (line: string) => void
  #rest = ''
  #lines: string[] = []
  /** inside a data block, which a line with a single dot ends: of a reply, or of an event */
  #inData: 'reply' | 'event' | null = null

  private constructor(socket: Socket, onEvent: (line: string) => void) {
    this.#socket = socket
    this.#onEvent = onEvent
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', () => {})
    socket.on('close', () => this.#failAll())
  }

  /** Connects, authenticates with the cookie, and takes the tor: it ends with this connection. */
  static async open(
    paths: { socket: string; cookie: string },
    onEvent: (line: string) => void,
  ): Promise<TorControl> {
    const control = new TorControl(await connectTo(paths.socket), onEvent)
    try {
      const cookie = readFileSync(paths.cookie).toString('hex')
      await control.command(`AUTHENTICATE ${cookie}`)
      await control.command('TAKEOWNERSHIP')
      return control
    } catch (error) {
      control.close()
      throw error
    }
  }

  /** Sends a command and gives its reply. Throws UNAVAILABLE unless tor answers with a 2xx code. */
  async command(line: string): Promise<ControlReply> {
    const reply = await this.ask(line)
    if (reply.code >= 200 && reply.code < 300) return reply
    const [keyword] = line.split(' ')
    const text = `tor refused ${keyword}: ${reply.code} ${reply.lines.at(-1) ?? ''}`
    throw new BywayError('UNAVAILABLE', text)
  }

  /**
   * Sends a command and gives its reply, whatever it is; code 0 when the connection is gone, or tor
   * does not answer within `limit` milliseconds. An answer that comes later is nobody's.
   */
  ask(line: string, limit: number = ANSWER): Promise<ControlReply> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(GONE)
      const timer = setTimeout(resolve, limit, SILENT)
      this.#waiters.push((reply) => {
        clearTimeout(timer)
        resolve(reply)
      })
      this.#socket.write(`${line}\r\n`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\r\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST) this.close()
    for (const line of lines) if (!this.#socket.destroyed) this.#takeLine(line)
  }

  #takeLine(line: string): void {
    if (this.#inData === null) this.#takeReply(line)
    else if (line === '.') this.#inData = null
    else if (this.#inData === 'reply') this.#lines.push(line.replace(/^\./, ''))
  }

  #takeReply(line: string): void {
    const [, code = '', kind = '', text = ''] = /^(\d{3})([ +-])(.*)$/.exec(line) ?? []
    if (code === '') this.close()
    if (kind === '+') this.#inData = code === EVENT ? 'event' : 'reply'
    if (code === EVENT) this.#onEvent(text)
    else this.#addLine({ code: Number(code), last: kind === ' ' }, text)
  }

  #addLine({ code, last }: { code: number; last: boolean }, text: string): void {
    this.#lines.push(text)
    if (!last) return
    this.#waiters.shift()?.({ code, lines: this.#lines })
    this.#lines = []
  }

  #failAll(): void {
    for (const waiter of this.#waiters.splice(0)) waiter(GONE)
  }
}

/**
 * Reads a bootstrap phase, from `GETINFO status/bootstrap-phase` or a STATUS_CLIENT event
 * (control-spec, section 4.1.10); null for any other line.
 */
export function parseBootstrap(line: string): Progress | null {
  const at = line.search(/\bBOOTSTRAP\b/)
  const percent = at < 0 ? undefined : /\bPROGRESS=(\d+)/.exec(line.slice(at))?.[1]
  if (percent === undefined) return null
  const summary = quoted(line, 'SUMMARY') ?? ''
  const warning = quoted(line, 'WARNING')
  return {
    percent: Number(percent),
    phase: warning === undefined ? summary : `${summary} (trouble: ${warning})`,
  }
}

function quoted(line: string, key: string): string | undefined {
  return new RegExp(`\\b${key}="((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1]?.replace(/\\(.)/g, '$1')
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => resolve(socket))
    socket.once('error', reject)
  })
}
