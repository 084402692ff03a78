/** Bytes before a record: its length and its checksum, 32 bits each, little-endian. */
export const RECORD_PREFIX = 8

/** Bytes of a piece of memory that records are put into, if none is longer. */
const PIECE = 2 ** 20

/**
 * Records one behind the other. They begin at the offset `start` of the file, and are kept in pieces: one
 * buffer that grows is copied again and again, and moves the garbage collector to run.
 */
export class Records {
  readonly #full: Buffer[] = []
  #piece = Buffer.allocUnsafe(0)
  #used = 0
  #end: number

  constructor(start: number) {
    this.#end = start
  }

  /** The offset behind the last one. */
  get end(): number {
    return this.#end
  }

  /** All of them, to be used before the next one is added. */
  get pieces(): readonly Buffer[] {
    return [...this.#full, this.#piece.subarray(0, this.#used)]
  }

  /** The offset of the record that this JSON is put into. */
  add(json: string): number {
    const offset = this.#end
    // of a character of UTF-16 there are at most three bytes of UTF-8
    this.#reserve(RECORD_PREFIX + 3 * json.length)
    const at = this.#used + RECORD_PREFIX
    const written = this.#piece.write(json, at)
    this.#piece.writeUInt32LE(written, this.#used)
    this.#piece.writeUInt32LE(checksum(this.#piece, at, at + written), this.#used + 4)
    this.#used = at + written
    this.#end += RECORD_PREFIX + written
    return offset
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#piece.length) return
    this.#full.push(this.#piece.subarray(0, this.#used))
    this.#piece = Buffer.allocUnsafe(Math.max(PIECE, count))
    this.#used = 0
  }
}

/** FNV-1a, 32 bits: against a failing disk and a cut file, not against a person. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let value = 0x811c9dc5 | 0
  for (let i = from; i < to; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193)
  return value >>> 0
}
