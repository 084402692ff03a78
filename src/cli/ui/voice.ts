import { systemClock } from '../../core/clock.ts'
import { showText } from '../../core/show.ts'
import type { Voice } from '../../wiring.ts'

/** Milliseconds between two lines of progress where they cannot replace each other. */
const SPARSE = 5000

/** What `-v` shows, and what takes long, goes to stderr; progress in one line on a terminal. */
export function makeVoice(verbosity: number): Voice {
  let shown: ProgressLine | SparseProgress | null = null
  // Node opens stderr when it is first looked at, which a connect without words does without
  const progress = (text: string | null, stays = false) => {
    shown ??= canMoveBack() ? new ProgressLine() : new SparseProgress()
    const line = text === null ? null : `byway: ${showText(text)}`
    shown.show(stays ? null : line)
    if (stays && line !== null) write(`${line}\n`)
  }
  return {
    tell: (level, text) => {
      if (level > verbosity) return
      progress(null)
      write(`byway: ${showText(text)}\n`)
    },
    progress,
  }
}

let listening = false

/** Words that nobody reads any more (EPIPE) are lost, and nothing else with them. */
function write(text: string): void {
  if (!listening) process.stderr.on('error', () => {})
  listening = true
  process.stderr.write(text)
}

function canMoveBack(): boolean {
  return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb'
}

/** One line of a terminal that is written anew (ECMA-48: CR, EL), and gone when it is over. */
class ProgressLine {
  #shown = false

  show(text: string | null): void {
    if (text === null && !this.#shown) return
    this.#shown = text !== null
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1)
    const line = (text ?? '').slice(0, width)
    write(`\r\x1b[K${line}`)
  }
}

/** Where nothing can be written anew: a line now and then. */
class SparseProgress {
  #last = Number.NEGATIVE_INFINITY

  show(text: string | null): void {
    if (text === null || systemClock.now() - this.#last < SPARSE) return
    this.#last = systemClock.now()
    write(`${text}\n`)
  }
}
