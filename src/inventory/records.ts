/** Bytes before a record: its length and its checksum, 32 bits each, little-endian. */
export const RECORD_PREFIX = 8

/**
 * Records one behind the other, in one buffer that grows: a hundred thousand small ones cost seconds. They
 * begin at the offset `start` of the file.
 */
export class Records {
  readonly #start: number
  #buffer = Buffer.allocUnsafe(64 * 1024)
  #length = 0

  constructor(start: number) {
    this.#start = start
  }

  /** The offset behind the last one. */
  get end(): number {
    return this.#start + this.#length
  }

  /** All of them, to be used before the next one is added. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** The offset of the record that this JSON is put into. */
  add(json: string): number {
    const offset = this.end
    // of a character of UTF-16 there are at most three bytes of UTF-8
    this.#reserve(RECORD_PREFIX + 3 * json.length)
    const at = this.#length + RECORD_PREFIX
    const written = this.#buffer.write(json, at)
    this.#buffer.writeUInt32LE(written, this.#length)
    this.#buffer.writeUInt32LE(checksum(this.#buffer, at, at + written), this.#length + 4)
    this.#length = at + written
    return offset
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#length + count))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

/** FNV-1a, 32 bits: against a failing disk and a cut file, not against a person. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let value = 0x811c9dc5 | 0
  for (let i = from; i < to; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193)
  return value >>> 0
}
