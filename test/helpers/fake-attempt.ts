import type { Attempt, Stage } from '../../src/core/types.ts'

/** What a dial is given in a test: it notes the stages, and may start whatever it likes. */
export class FakeAttempt implements Attempt {
  readonly stages: string[] = []
  /** resolvers of those who wait for a stage */
  readonly #waiting = new Map<Stage, () => void>()
  readonly #controller = new AbortController()
  readonly signal = this.#controller.signal
  readonly untouched = false

  readonly stage = (stage: Stage, detail?: string): void => {
    this.stages.push(detail === undefined ? stage : `${stage} ${detail}`)
    this.#waiting.get(stage)?.()
  }

  readonly mayStart = (): Promise<void> => Promise.resolve()

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Resolves when the dial gets to this stage. */
  reaches(stage: Stage): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(stage, resolve)
    })
  }
}
