import { findByEnvironment, type ProcessEntry } from './proc.ts'
import { until } from './until.ts'

let marks = 0

/** An environment by which the processes that were started with it are found again. */
export class Marked {
  readonly env: NodeJS.ProcessEnv
  readonly #mark: string

  constructor() {
    marks += 1
    this.#mark = `${process.pid}-${marks}`
    this.env = { ...process.env, BYWAY_TEST_MARK: this.#mark }
  }

  /** Those that live. */
  live(): ProcessEntry[] {
    return findByEnvironment(`BYWAY_TEST_MARK=${this.#mark}`)
  }

  /** Resolves with how many milliseconds it took until none was left; rejects after `limit`. */
  areGone(limit = 20_000): Promise<number> {
    return until('none of them is left', () => this.live().length === 0, limit).catch((error) => {
      const left = this.live().map(({ command }) => command)
      throw new Error(`${String(error)}: ${left.join(', ')}`)
    })
  }
}
