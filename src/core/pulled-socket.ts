import type { OnReadOpts, Socket } from 'node:net'
import type { Connection, Take } from './connection.ts'
import { BywayError } from './errors.ts'
import { writeAll } from './write-all.ts'

/** Bytes of one read, once no handshake has to be read exactly. */
const WIDE = 64 * 1024

/** Who waits for the next bytes. */
interface Waiter {
  /** Takes them; null: the end. Returns whether it waits for more, and has done with these. */
  receive(bytes: Uint8Array | null): boolean
  reject(error: Error): void
}

/**
 * A socket that reads only what is asked for: what is not asked for stays in the kernel, so that
 * the raw socket can be handed to another process without the loss of a byte.
 */
export class PulledSocket implements Connection {
  readonly socket: Socket
  readonly description: string
  #buffer = new Uint8Array(WIDE)
  #unread: Uint8Array | null = null
  #waiter: Waiter | null = null
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
      buffer: () => this.#buffer,
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
    const unread = this.#unread
    this.#unread = null
    if (unread !== null) {
      if (waiter.receive(unread)) this.#wait(waiter)
    } else if (this.#ended) waiter.receive(null)
    else if (this.#failure !== null) waiter.reject(this.#broken(this.#failure))
    else {
      this.#waiter = waiter
      this.socket.resume()
    }
  }

  /** Whether the socket goes on reading. */
  #receive(bytes: Uint8Array): boolean {
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter === null) this.#unread = bytes
    else if (waiter.receive(bytes)) this.#waiter = waiter
    return this.#waiter !== null
  }

  #finish(error: Error | null): void {
    if (this.#ended || this.#failure !== null) return
    if (error === null) this.#ended = true
    else this.#failure = error
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter !== null) this.#wait(waiter)
  }

  #broken(error: Error): BywayError {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ECONNRESET' ? 'connection reset by peer' : error.message
    return new BywayError('IOERR', `${this.description}: ${reason}`, { cause: error })
  }
}
