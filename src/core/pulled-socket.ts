import type { OnReadOpts, Socket } from 'node:net'
import type { Connection, Take } from './connection.ts'
import { BywayError } from './errors.ts'
import { reasonOf } from './reasons.ts'
import { writeAll } from './write-all.ts'

/** Bytes of one read, once no handshake has to be read exactly. */
const WIDE = 64 * 1024

/** Who waits for the next bytes. */
interface Waiter {
  /** Takes them; null: the end. Returns whether it waits for more, and has done with these. */
  receive(bytes: Uint8Array | null): boolean
  reject(error: Error): void
}

/** How far is read on though nobody waits. */
interface Ahead {
  /** bytes; less than one: no further */
  left: number
  /** called at the end */
  ended(): void
}

/**
 * A socket that reads only what is asked for: what is not asked for stays in the kernel, so that
 * the raw socket can be handed to another process without the loss of a byte.
 */
export class PulledSocket implements Connection {
  readonly socket: Socket
  readonly description: string
  /** what is read into next */
  #buffer = new Uint8Array(WIDE)
  /** what was read into last, and may be in use */
  #spare = new Uint8Array(0)
  /** read, and not asked for yet */
  readonly #unread: Uint8Array[] = []
  #waiter: Waiter | null = null
  #ahead: Ahead | null = null
  /** what was read last is in use still */
  #lent = false
  #ended = false
  #failure: Error | null = null

  /**
   * `open` makes the socket with the given `onread` option of `node:net` (and `allowHalfOpen`);
   * it must not have read anything yet. `narrow`: a read gives one byte until `widen()`, so that
   * a handshake can be read exactly.
   */
  constructor(description: string, open: (onread: OnReadOpts) => Socket, narrow = false) {
    this.description = description
    if (narrow) this.#buffer = new Uint8Array(1)
    this.socket = open({
      buffer: () => this.#nextBuffer(),
      callback: (count, bytes) => this.#receive(bytes.subarray(0, count)),
    })
    this.socket.pause()
    this.socket.on('end', () => this.#finish(null))
    this.socket.on('error', (error) => this.#finish(error))
    this.socket.on('close', () => this.#finish(this.#ended ? null : new Error('closed')))
  }

  /** From now on a read gives up to 64 KiB: no handshake is left that has to be read exactly. */
  widen(): void {
    this.#buffer = new Uint8Array(WIDE)
  }

  read(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      const receive = (bytes: Uint8Array | null) => {
        resolve(bytes)
        return false
      }
      this.#wait({ receive, reject })
    })
  }

  flow(take: Take): Promise<void> {
    return new Promise((resolve, reject) => {
      const receive = (bytes: Uint8Array | null) => {
        const taken = bytes === null ? resolve() : take(bytes)
        if (taken === null) return true
        taken?.then(() => this.#wait(waiter), reject)
        return false
      }
      const waiter = { receive, reject }
      this.#wait(waiter)
    })
  }

  /**
   * Reads on though what was given last is still in use, and keeps it for whoever asks next: the end behind
   * it shows so. `limit` bytes and one read are kept at most. Resolves at the end, however it comes.
   */
  readAhead(limit: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended || this.#failure !== null) return resolve()
      const kept = this.#unread.reduce((sum, { length }) => sum + length, 0)
      this.#ahead = { left: limit - kept, ended: resolve }
      if (kept < limit) this.socket.resume()
    })
  }

  write(bytes: Uint8Array): Promise<void> | null {
    return writeAll(this.socket, bytes, (cause) => this.#broken(cause))
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve()
      this.socket.once('close', resolve)
      this.socket.end(() => resolve())
    })
  }

  close(): void {
    this.socket.destroy()
  }

  #wait(waiter: Waiter): void {
    const unread = this.#unread.shift()
    if (unread !== undefined) {
      if (waiter.receive(unread)) this.#wait(waiter)
    } else if (this.#ended) waiter.receive(null)
    else if (this.#failure !== null) waiter.reject(this.#broken(this.#failure))
    else {
      this.#waiter = waiter
      this.#ahead = null
      this.socket.resume()
    }
  }

  /** Whether the socket goes on reading. */
  #receive(bytes: Uint8Array): boolean {
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter === null) return this.#keep(bytes)
    if (waiter.receive(bytes)) this.#waiter = waiter
    this.#lent = this.#waiter === null
    return !this.#lent
  }

  /** Asked for after each read: what was read into is left alone while its bytes are in use. */
  #nextBuffer(): Uint8Array {
    if (this.#lent && this.#ahead === null) {
      const { length } = this.#buffer
      const next = this.#spare.length === length ? this.#spare : new Uint8Array(length)
      this.#spare = this.#buffer
      this.#buffer = next
    }
    return this.#buffer
  }

  /** What is read ahead goes through one buffer. */
  #keep(bytes: Uint8Array): boolean {
    const ahead = this.#ahead
    this.#lent = ahead === null
    this.#unread.push(ahead === null ? bytes : bytes.slice())
    if (ahead === null) return false
    ahead.left -= bytes.length
    return ahead.left > 0
  }

  #finish(error: Error | null): void {
    if (this.#ended || this.#failure !== null) return
    if (error === null) this.#ended = true
    else this.#failure = error
    this.#ahead?.ended()
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter !== null) this.#wait(waiter)
  }

  #broken(error: Error): BywayError {
    const message = `${this.description}: ${reasonOf(error)}`
    return new BywayError('IOERR', message, { cause: error })
  }
}
