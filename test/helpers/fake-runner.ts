import type { Lane, Runner } from '../../src/core/run-race.ts'

/** A runner of a race that comes up, fails or asks when the test says so. */
export class FakeRunner implements Runner<string> {
  readonly priority: number
  readonly timeout: number
  /** what it was started with; null: it was not started */
  lane: Lane | null = null
  /** how often it was started */
  starts = 0
  #resolve: (value: string) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(priority: number, timeout = 10_000) {
    this.priority = priority
    this.timeout = timeout
  }

  get aborted(): boolean {
    return this.lane?.signal.aborted === true
  }

  run(lane: Lane): Promise<string> {
    this.lane = lane
    this.starts += 1
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  up(value: string): void {
    this.#resolve(value)
  }

  /** It gets further. */
  hear(): void {
    this.lane?.heard()
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  /** Asks whether it may start a program; what became of that, once promises have settled. */
  ask(): { answer: 'none' | 'yes' | 'no' } {
    const asked: { answer: 'none' | 'yes' | 'no' } = { answer: 'none' }
    this.lane?.mayStart().then(
      () => {
        asked.answer = 'yes'
      },
      () => {
        asked.answer = 'no'
      },
    )
    return asked
  }
}
