import { BywayError } from '../core/errors.ts'
import { whenAborted } from '../core/when-aborted.ts'
import type { Survey } from '../survey.ts'

/** Makes a survey of what the inventory's sources say now. */
export type OpenSurvey = () => Promise<Survey>

/**
 * A survey that follows the inventory's sources. One that cannot be read, as it is being written or
 * has a mistake in it, leaves the last survey, and is tried again.
 */
export class FollowedSurvey {
  /** of what the sources said when they could be read last */
  survey: Survey
  /** why they cannot be read as they are now; null: they can */
  trouble: BywayError | null = null
  readonly #open: OpenSurvey

  constructor(survey: Survey, open: OpenSurvey) {
    this.survey = survey
    this.#open = open
  }

  /**
   * Opens the sources again if one has changed; a flake may have to be evaluated for that. Throws
   * only the signal's reason, at once, and what is a bug.
   */
  async catchUp(signal: AbortSignal): Promise<void> {
    try {
      if (!this.survey.isCurrent()) this.survey = await orAborted(this.#open(), signal)
      this.trouble = null
    } catch (error) {
      if (!(error instanceof BywayError)) throw error
      this.trouble = error
    }
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = whenAborted(signal, () => reject(signal.reason))
    void work.then(resolve, reject).finally(settled)
  })
}
