/** A source of numbers that a failed test can be repeated with: `SEED=<n>` in the environment. */
export interface Chance {
  readonly seed: number
  /** a whole number from 0 to below the limit */
  below(limit: number): number
}

/** Prints its seed. The generator is mulberry32, which is good enough to choose with. */
export function makeChance(name: string): Chance {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 32)
  console.log(`${name}: SEED=${seed}`)
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed, below: (limit) => Math.floor(next() * limit) }
}
