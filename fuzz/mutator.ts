/** The longest input, bytes. */
export const LONGEST = 32 * 1024
/** Times that a piece is repeated at most: what is slow for long inputs shows. */
const REPEATS = 3000
const NUMBERS = '0 1 -1 22 65535 65536 2147483648 4294967295 1e999 0x10 007 9007199254740993'.split(
  ' ',
)

/** The same numbers from the same seed (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** Makes new inputs of those that are known. */
export class Mutator {
  readonly #chance: Chance
  readonly #words: readonly Buffer[]

  /** `words`: what the target's inputs are made of. */
  constructor(chance: Chance, words: readonly string[]) {
    this.#chance = chance
    this.#words = words.map((word) => Buffer.from(word, 'latin1'))
  }

  /** A changed copy of one of the corpus, at most `LONGEST` bytes. */
  mutate(corpus: readonly Buffer[]): Buffer {
    let bytes = this.#chance.pick(corpus)
    const changes = 1 + this.#chance.below(4)
    for (let i = 0; i < changes; i++) bytes = this.#change(bytes, corpus)
    return bytes.subarray(0, LONGEST)
  }

  #change(bytes: Buffer, corpus: readonly Buffer[]): Buffer {
    const chance = this.#chance
    const at = chance.below(bytes.length + 1)
    const end = Math.min(bytes.length, at + chance.below(chance.pick([2, 8, 64, 1024])))
    const piece = bytes.subarray(at, end)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(end)]
    const kinds: (() => Buffer[])[] = [
      () => [before, after],
      () => [before, piece, piece, after],
      () => [before, Buffer.of(chance.below(256)), bytes.subarray(at + 1)],
      () => [before, Buffer.of((bytes[at] ?? 0) ^ (1 << chance.below(8))), bytes.subarray(at + 1)],
      () => [before, this.#word(), bytes.subarray(at)],
      () => [before, this.#word(), after],
      () => [before, this.#other(corpus), after],
      () => [
        before,
        Buffer.from(chance.pick(NUMBERS)),
        bytes.subarray(this.#endOfDigits(bytes, at)),
      ],
      () => [before],
      () => [before, ...new Array<Buffer>(chance.below(REPEATS)).fill(piece.subarray(0, 8)), after],
    ]
    // long inputs are slow, and seldom new
    const kind = chance.below(20) === 0 ? kinds.length - 1 : chance.below(kinds.length - 1)
    return Buffer.concat(kinds[kind]?.() ?? [])
  }

  #word(): Buffer {
    return this.#words.length === 0 ? Buffer.of(0) : this.#chance.pick(this.#words)
  }

  #other(corpus: readonly Buffer[]): Buffer {
    const other = this.#chance.pick(corpus)
    const at = this.#chance.below(other.length + 1)
    return other.subarray(at, at + this.#chance.below(200))
  }

  #endOfDigits(bytes: Buffer, at: number): number {
    let end = at
    while (end < bytes.length && /[\d.+-]/.test(String.fromCharCode(bytes[end] ?? 0))) end += 1
    return end
  }
}
