import type { Tell } from '../../core/types.ts'
import type { Voice } from '../../wiring.ts'
import type { Screen } from './style.ts'

/** A voice that a live screen covers once it is there: words on stderr would be written into it. */
export class CoveredVoice implements Voice {
  readonly #voice: Voice
  readonly #stderr: Screen
  #show: Voice['progress'] | null = null

  constructor(voice: Voice, stderr: Screen = process.stderr) {
    this.#voice = voice
    this.#stderr = stderr
  }

  /** Has progress shown by `show` from now on; what `-v` says is lost, unless stderr goes elsewhere. */
  cover(show: Voice['progress']): void {
    this.#show = show
  }

  readonly tell: Tell = (level, text) => {
    const isFree = this.#show === null || this.#stderr.isTTY !== true
    if (isFree) this.#voice.tell(level, text)
  }

  readonly progress = (text: string | null): void => {
    if (this.#show === null) this.#voice.progress(text)
    else this.#show(text)
  }
}
