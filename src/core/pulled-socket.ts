import type { OnReadOpts, Socket } from 'node:net'
import { BywayError } from './errors.ts'
import type { Connection } from './types.ts'

/** Bytes of one read, once no handshake has to be read exactly. */
const WIDE = 64 * 1024

interface Waiter {
  resolve(bytes: Uint8Array | null): void
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
      if (this.#unread !== null) {
        resolve(this.#unread)
        this.#unread = null
      } else if (this.#ended) resolve(null)
      else if (this.#failure !== null) reject(this.#broken(this.#failure))
      else {
        this.#waiter = { resolve, reject }
        this.socket.resume()
      }
    })
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(this.#broken(error)) : resolve()))
    })
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

  #receive(bytes: Uint8Array): boolean {
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter === null) this.#unread = bytes
    else waiter.resolve(bytes)
    return false
  }

  #finish(error: Error | null): void {
    if (this.#ended || this.#failure !== null) return
    if (error === null) this.#ended = true
    else this.#failure = error
    if (error === null) this.#waiter?.resolve(null)
    else this.#waiter?.reject(this.#broken(error))
    this.#waiter = null
  }

  #broken(error: Error): BywayError {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ECONNRESET' ? 'connection reset by peer' : error.message
    return new BywayError('IOERR', `${this.description}: ${reason}`, { cause: error })
  }
}
