import type { Readable, Writable } from 'node:stream'
import { type Connection, flowByReading, type Take } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import { reasonOf } from '../core/reasons.ts'
import { writeAll } from '../core/write-all.ts'

const END: IteratorResult<Uint8Array> = { value: undefined, done: true }

/** Where a connection's bytes come from, and where they go: may be one stream. */
interface Streams {
  readonly readable: Readable
  readonly writable: Writable
}

/**
 * A stream of Node's, or two, as a connection without a socket that could be passed on: a stream
 * reads ahead.
 */
export class StreamConnection implements Connection {
  readonly description: string
  readonly #readable: Readable
  readonly #writable: Writable
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)
  #narrow: boolean
  #closed = false

  /** `narrow`: a read gives one byte until `widen()`, so that a handshake can be read exactly. */
  constructor(description: string, { readable, writable }: Streams, narrow = false) {
    this.description = description
    this.#readable = readable
    this.#chunks = readable.iterator({ destroyOnReturn: false })
    // that it does not take what it is given shows where it is written
    this.#writable = writable.on('error', () => {})
    this.#narrow = narrow
  }

  /** From now on a read gives all that is there. */
  widen(): void {
    this.#narrow = false
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next().catch((error) => this.#give(error))
      if (done === true) return null
      this.#rest = value
    }
    const bytes = this.#narrow ? this.#rest.subarray(0, 1) : this.#rest
    this.#rest = this.#rest.subarray(bytes.length)
    return bytes
  }

  flow(take: Take): Promise<void> {
    return flowByReading(() => this.read(), take)
  }

  write(bytes: Uint8Array): Promise<void> | null {
    return writeAll(this.#writable, bytes, (cause) => this.#broken(cause))
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#writable.end(() => resolve()))
  }

  close(): void {
    this.#closed = true
    this.#readable.destroy()
    this.#writable.destroy()
  }

  /** Reading what was closed here is no failure of the peer's. */
  #give(error: Error): IteratorResult<Uint8Array> {
    if (this.#closed) return END
    throw this.#broken(error)
  }

  #broken(error: Error): BywayError {
    const message = `${this.description}: ${reasonOf(error)}`
    return new BywayError('IOERR', message, { cause: error })
  }
}
