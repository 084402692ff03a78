import { withoutKeys } from '../children/environment.ts'
import { endFamily } from '../children/family.ts'
import { type Child, startChild } from '../children/start.ts'
import { isLeaving } from '../children/with-us.ts'
import { type Connection, flowByReading, type Take } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import { hideValue } from '../core/hiding.ts'
import type { Program } from '../core/means.ts'
import { printable } from '../core/printable.ts'
import type { Secret } from '../core/secret.ts'
import type { Attempt } from '../core/types.ts'
import { StreamConnection } from './stream-connection.ts'

/** Lines of what a program said last that go into a message. */
const LINES = 4
/** Milliseconds that a program which has ended its output gets to end, and to say how. */
const FAREWELL = 200
/** What ssh says behind the words of its ProxyCommand, and what says nothing. */
const NOISE = /^(?:kex_exchange_identification: |Connection closed by UNKNOWN |client_loop: )/

/**
 * Opens the stream that a program's stdin and stdout are. The program and all that it started end
 * with the connection, and with byway. Throws UNAVAILABLE when it cannot be started. Reading
 * throws when it fails: UNAVAILABLE before it has said anything, IOERR later, with its own words.
 */
export async function dialCommand(program: Program, attempt: Attempt): Promise<Connection> {
  attempt.stage('connect')
  const { words, env = withoutKeys(process.env) } = program
  const child = await startChild(words, { stdio: ['pipe', 'pipe', 'pipe'], env })
  const connection = new CommandConnection(program, child)
  if (!attempt.signal.aborted) return connection
  connection.close()
  throw attempt.signal.reason
}

/** A program as a connection: it has no socket to pass on, as the program is to end with it. */
class CommandConnection implements Connection {
  readonly description: string
  readonly #program: Program
  readonly #child: Child
  readonly #stream: StreamConnection
  #silent = true
  #closed = false
  /** its program has ended; what it left behind may have its output, and say nothing more */
  #over = false
  #wake: () => void = () => {}

  constructor(program: Program, child: Child) {
    const { stdin, stdout } = child.process
    if (stdin === null || stdout === null) throw new TypeError('stdin and stdout are no pipes')
    this.description = program.words[0] ?? ''
    this.#program = program
    this.#child = child
    const streams = { readable: stdout, writable: stdin }
    this.#stream = new StreamConnection(`"${this.description}"`, streams)
    void child.ended.then(() => {
      this.#over = true
      this.#wake()
    })
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.#readWhileItRuns()
    if (bytes !== null) this.#silent = false
    else if (!this.#closed) await this.#requireSuccess()
    return bytes
  }

  flow(take: Take): Promise<void> {
    return flowByReading(() => this.read(), take)
  }

  write(bytes: Uint8Array): Promise<void> | null {
    return this.#stream.write(bytes)
  }

  end(): Promise<void> {
    return this.#stream.end()
  }

  close(): void {
    this.#closed = true
    this.#stream.close()
    endFamily(this.#child.process)
  }

  /** Null as well when the program has ended and nothing comes any more. */
  #readWhileItRuns(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#wake = () => void setTimeout(resolve, FAREWELL, null)
      this.#stream.read().then(resolve, reject)
      if (this.#over) this.#wake()
    })
  }

  /** A program that ends its output and stays has nothing to complain of. */
  async #requireSuccess(): Promise<void> {
    const how = await within(FAREWELL, this.#child.ended)
    if (isLeaving()) return NEVER
    if (!this.#silent && (how === null || how === 'status 0')) return
    const { secrets, hint } = this.#program
    const said = lastWords(this.#child.words(), secrets)
    const end = how === null ? 'closed its output' : `ended (${how})`
    const text = `"${this.description}" ${end}${said === '' ? '' : `: ${said}`}`
    throw new BywayError(this.#silent ? 'UNAVAILABLE' : 'IOERR', text, { hint: hint?.(said) })
  }
}

/** What becomes of a program that we have ended ourselves, because we were: nobody is to hear it. */
const NEVER = new Promise<never>(() => {})

/** What a program said last, in one line, without the secrets that it was given. */
export function lastWords(words: string, secrets: readonly Secret[]): string {
  const lines = words
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
  const telling = lines.filter((line) => !NOISE.test(line))
  const last = (telling.length > 0 ? telling : lines).slice(-LINES).join('; ')
  return printable(secrets.map((secret) => secret.reveal()).reduce(hideValue, last))
}

/** What the promise gives, or null when that takes longer than so many milliseconds. */
function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
