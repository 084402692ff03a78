import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { printable } from '../../core/printable.ts'
import { PLAIN, type Style } from './style.ts'

/** Columns that the last one keeps, however narrow the terminal is. */
const NARROWEST = 20
const GAP = '  '

/**
 * A table with aligned columns: the heading, then the rows. Empty at the right end is left out.
 * Where the style knows a width, the last column is wrapped to fit it.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style = PLAIN,
): string {
  const all = [heading, ...rows].map((row) => row.map(printable))
  const widths = widthsOf(all)
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)
  const rest = Math.max(NARROWEST, (style.columns ?? Number.POSITIVE_INFINITY) - before)
  return all
    .flatMap((row, i) => {
      const lines = foldLast(row, widths.length, rest).map((cells) => align(cells, widths))
      return i === 0 ? lines.map(style.dim) : lines
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** The text, filled up with spaces to this many columns of a terminal. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** The widest of each column. */
export function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(...rows.map((row) => row.length))
  return Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => stringWidth(row[i] ?? ''))),
  )
}

function align(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => pad(cell, widths[i] ?? 0))
    .join(GAP)
    .trimEnd()
}

/** A row as several, when its last cell has to be wrapped. */
function foldLast(row: readonly string[], columns: number, width: number): string[][] {
  const last = row[columns - 1] ?? ''
  if (stringWidth(last) <= width) return [[...row]]
  const [first = '', ...more] = wrapAnsi(last, width, { hard: true }).split('\n')
  const blank = Array.from({ length: columns - 1 }, () => '')
  return [[...row.slice(0, -1), first], ...more.map((line) => [...blank, line])]
}
