import { type Connection, flowByReading, type Take } from '../../src/core/connection.ts'
import type { Stdio } from '../../src/stdio/relay.ts'

type Given = Buffer | null | Error

/**
 * One side of a relay, both ways in the test's hands: what can be read of it, and whether it takes
 * what is written to it. Read bytes are spoilt at the next read, as the interface allows.
 */
export class FakeStream implements Connection, Stdio {
  readonly description = 'the peer'
  /** how often it was asked for bytes */
  reads = 0
  /** whether it was told that no more is written */
  ended = false
  closed = false
  orphan = false
  /** how often it was asked to read ahead, and what tells that the end was seen so */
  aheads = 0
  seeEnd: () => void = () => {}
  readonly #given: Given[] = []
  readonly #written: Buffer[] = []
  readonly #news = new Set<() => void>()
  #reader: ((given: Given) => void) | null = null
  #lent: Buffer = Buffer.alloc(0)
  #failure: Error | null = null
  #gate: Promise<void> = Promise.resolve()
  #open: () => void = () => {}

  /** All that was written to it so far. */
  get written(): Buffer {
    return Buffer.concat(this.#written)
  }

  /** Bytes, the end (null) or a failure that can be read now. */
  give(...given: readonly Given[]): void {
    this.#given.push(...given.map((one) => (Buffer.isBuffer(one) ? Buffer.from(one) : one)))
    this.#serve()
  }

  /** From now on writes do not resolve. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** Writes resolve again. */
  release(): void {
    this.#open()
    this.#gate = Promise.resolve()
  }

  /** From now on writes throw. */
  breakWrites(failure: Error): void {
    this.#failure = failure
  }

  /** Resolves once this is so; looked at whenever something is done to it. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return
        this.#news.delete(look)
        resolve()
      }
      this.#news.add(look)
      look()
    })
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#reader !== null) throw new Error('two reads at a time')
    this.reads += 1
    this.#lent.fill(0xee)
    const given = await new Promise<Given>((resolve) => {
      this.#reader = resolve
      this.#serve()
      this.#tell()
    })
    if (given instanceof Error) throw given
    this.#lent = given ?? Buffer.alloc(0)
    return given
  }

  flow(take: Take): Promise<void> {
    return flowByReading(() => this.read(), take)
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.ended) throw new Error('written after the end')
    await this.#gate
    if (this.closed) throw new Error('written after it was closed')
    if (this.#failure !== null) throw this.#failure
    this.#written.push(Buffer.from(bytes))
    this.#tell()
  }

  async end(): Promise<void> {
    await this.#gate
    this.ended = true
    this.#tell()
  }

  close(): void {
    this.closed = true
    this.#tell()
  }

  /** Resolves when it is read ahead, and `seeEnd` was called. */
  readAhead(): Promise<void> {
    this.aheads += 1
    this.#tell()
    return new Promise((resolve) => {
      this.seeEnd = resolve
    })
  }

  orphaned(): boolean {
    return this.orphan
  }

  #serve(): void {
    const reader = this.#reader
    const [given] = this.#given
    if (reader === null || given === undefined) return
    this.#given.shift()
    this.#reader = null
    reader(given)
  }

  #tell(): void {
    for (const look of this.#news) look()
  }
}
