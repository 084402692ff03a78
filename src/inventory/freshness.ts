import { systemClock } from '../core/clock.ts'
import { type Evaluation, readEvaluation, readFailure } from './evaluation.ts'
import { type Stamp, stillTrue } from './stamp.ts'

/** Milliseconds after which a flake that is elsewhere is evaluated again. */
const TRUSTED_FOR = 3_600_000
/** Milliseconds after which an evaluation that failed is tried again though nothing has changed. */
const RETRY_AFTER = 60_000
/** Files between two looks at the clock. */
const FILES_PER_LOOK = 16

/** Whether an evaluation is out of date, found out in steps: a race goes on beside. */
export class FreshnessCheck {
  readonly #read: () => Evaluation | null
  #stamps: readonly Stamp[] | null = null
  #next = 0
  #fresh: boolean | null = null

  /** `cache` is the folder of the evaluations. Nothing is read yet. */
  constructor(flake: string, cache: string) {
    this.#read = () => readEvaluation(flake, cache)
  }

  /** Looks at some files more, for about `budget` milliseconds; null: there are others left. */
  step(budget: number): boolean | null {
    const end = systemClock.now() + budget
    if (this.#stamps === null) this.#begin()
    do {
      if (this.#fresh === null) this.#look(FILES_PER_LOOK)
    } while (this.#fresh === null && systemClock.now() < end)
    return this.#fresh
  }

  #begin(): void {
    const evaluation = this.#read()
    this.#stamps = evaluation?.stamps ?? []
    this.#fresh = evaluation === null ? false : freshByAge(evaluation)
  }

  #look(count: number): void {
    const stamps = this.#stamps ?? []
    const some = stamps.slice(this.#next, this.#next + count)
    this.#next += some.length
    if (!stillTrue(some)) this.#fresh = false
    else if (this.#next >= stamps.length) this.#fresh = true
  }
}

/** True when a flake's evaluation is there, and what it depends on is as it was then. */
export function isFresh(flake: string, cache: string): boolean {
  const evaluation = readEvaluation(flake, cache)
  return evaluation !== null && (freshByAge(evaluation) ?? stillTrue(evaluation.stamps))
}

/** Why evaluating again, unasked, would fail once more; null: it may well succeed. */
export function knownFailure(flake: string, cache: string): string | null {
  const failure = readFailure(flake, cache)
  if (failure === null || isOlder(failure.at, RETRY_AFTER)) return null
  return stillTrue(failure.stamps ?? []) ? failure.message : null
}

/** Null: it is the files that tell. */
function freshByAge({ at, stamps }: Evaluation): boolean | null {
  return stamps.length > 0 ? null : !isOlder(at, TRUSTED_FOR)
}

/** A time in the future is none: the clock was set back. */
function isOlder(at: number, limit: number): boolean {
  const age = Date.now() - at
  return age < 0 || age > limit
}
