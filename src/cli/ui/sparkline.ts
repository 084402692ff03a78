import type { Style } from './style.ts'

/** Results that a sparkline shows: the last ones. */
export const SPARKLINE_WIDTH = 8

/** Milliseconds below which each level ends; the same for all cells, so that they can be compared. */
const LEVELS = [5, 15, 40, 100, 250, 600, 1500, Number.POSITIVE_INFINITY]
const BARS = '▁▂▃▄▅▆▇█'
const ASCII_BARS = '_.,:-=+#'

/** The last latencies in milliseconds, the newest at the right end; null: there was no answer. */
export function drawSparkline(history: readonly (number | null)[], style: Style): string {
  const bars = style.unicode ? BARS : ASCII_BARS
  const shown = history.slice(-SPARKLINE_WIDTH)
  const signs = shown.map((ms) => {
    if (ms === null) return style.bad(style.unicode ? '×' : 'x')
    return style.dim(bars.charAt(LEVELS.findIndex((end) => ms < end)))
  })
  return ' '.repeat(SPARKLINE_WIDTH - shown.length) + signs.join('')
}
