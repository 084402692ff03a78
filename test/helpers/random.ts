/**
 * Numbers by chance that a failed test can be repeated with: it prints its seed, and takes `SEED`
 * of the environment instead. Mulberry32, which is good enough to choose with.
 */
export class Random {
  #state: number

  constructor(name: string) {
    this.#state = Number(process.env['SEED'] ?? Date.now() % 2 ** 32)
    console.log(`${name}: SEED=${this.#state}`)
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A whole number, from one to the other, both possible. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.next() * 100 < chance
  }

  /** One of the list. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  /** So many bytes. */
  bytes(count: number): Buffer {
    return Buffer.from(Uint8Array.from({ length: count }, () => this.between(0, 255)))
  }

  /** The bytes cut into pieces of 1 to `longest`. */
  chop(bytes: Buffer, longest: number): Buffer[] {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = at + this.between(1, longest)
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    return pieces
  }
}
