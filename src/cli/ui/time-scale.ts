/** A mark on a scale: where it stands, and what it says. */
export interface Tick {
  /** column, from 0 */
  readonly at: number
  readonly text: string
}

/** A span of time on the columns of a terminal. */
export interface TimeScale {
  readonly width: number
  /** The column of a time in milliseconds, 0 to `width - 1`. */
  columnOf(time: number): number
  /** Round times, far enough from each other to be read. */
  readonly ticks: readonly Tick[]
  readonly unit: 'ms' | 's'
}

/** Columns between two ticks, at least. */
const APART = 9
/** Milliseconds from which on the scale says seconds. */
const LONG = 10_000

/** A scale from 0 to `end` milliseconds over this many columns. */
export function makeTimeScale(end: number, width: number): TimeScale {
  const span = Math.max(1, end)
  const columnOf = (time: number) => {
    const column = Math.round((time / span) * (width - 1))
    return Math.min(width - 1, Math.max(0, column))
  }
  const step = roundUp((span * APART) / width)
  const unit = span >= LONG ? 's' : 'ms'
  const ticks: Tick[] = []
  for (let time = 0; time <= span; time += step) {
    ticks.push({ at: columnOf(time), text: String(unit === 's' ? time / 1000 : time) })
  }
  return { width, columnOf, ticks, unit }
}

/** The next of 1, 2, 5, 10, 20, 50 … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return power * ([1, 2, 5].find((digit) => digit * power >= value) ?? 10)
}
