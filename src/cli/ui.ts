import { Unreachable } from '../connect.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import { lastStage, type RouteReport } from '../core/report.ts'
import { showRoute } from '../core/show.ts'
import type { Voice } from '../wiring.ts'

/** Milliseconds between two lines of progress where they cannot replace each other. */
const SPARSE = 5000

/** Writes to stdout; resolves when it is written, or nobody reads it any more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve()
      else reject(new BywayError('IOERR', `write to stdout: ${error.message}`, { cause: error }))
    })
    process.stdout.write(text, (error) => error ?? resolve())
  })
}

/** Writes to stderr; resolves when it is written, or cannot be. */
export function complain(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.once('error', () => resolve())
    process.stderr.write(text, () => resolve())
  })
}

/** What `-v` shows, and what takes long, goes to stderr; progress in one line on a terminal. */
export function makeVoice(verbosity: number): Voice {
  const shown = process.stderr.isTTY === true ? new ProgressLine() : new SparseProgress()
  return {
    tell: (level, text) => {
      if (level > verbosity) return
      shown.show(null)
      process.stderr.write(`byway: ${printable(text)}\n`)
    },
    progress: (text) => shown.show(text),
  }
}

/** One line of a terminal that is written anew (ECMA-48: CR, EL), and gone when it is over. */
class ProgressLine {
  #shown = false

  show(text: string | null): void {
    if (text === null && !this.#shown) return
    this.#shown = text !== null
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1)
    const line = text === null ? '' : `byway: ${printable(text)}`.slice(0, width)
    process.stderr.write(`\r\x1b[K${line}`)
  }
}

/** Where nothing can be written anew: a line now and then. */
class SparseProgress {
  #last = Number.NEGATIVE_INFINITY

  show(text: string | null): void {
    if (text === null || performance.now() - this.#last < SPARSE) return
    this.#last = performance.now()
    process.stderr.write(`byway: ${printable(text)}\n`)
  }
}

/** What went wrong, in lines for stderr and the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof BywayError)) return describeBug(error)
  const lines = [`byway: ${printable(error.message)}`]
  if (error instanceof Unreachable) lines.push(...routeLines(error.report.routes))
  if (error.hint !== undefined) lines.push(`hint: ${printable(error.hint)}`)
  return `${lines.join('\n')}\n`
}

/** The exit status that belongs to what went wrong. */
export function statusOf(error: unknown): number {
  return EXIT_STATUS[error instanceof BywayError ? error.exit : 'SOFTWARE']
}

/** A table with aligned columns: the heading, then the rows. Empty at the right end is left out. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows].map((row) => row.map(printable))
  const columns = Math.max(...all.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => {
    return Math.max(...all.map((row) => row[i]?.length ?? 0))
  })
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return all.map((row) => `${line(row)}\n`).join('')
}

/** Milliseconds for people, `-` for none. */
export function milliseconds(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} ms`
}

/** One JSON document, as `--json` prints it. */
export function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

/** What became of one route, in a few words. */
export function describeOutcome(line: RouteReport): string {
  if (line.outcome === 'won') return 'won'
  if (line.outcome === 'lost')
    return line.upAt === null ? `${line.reason}, given up: another won` : 'up, but lost'
  if (line.outcome === 'waiting') return 'not tried'
  return line.reason ?? line.outcome
}

function routeLines(routes: readonly RouteReport[]): string[] {
  const rows = routes.map((line) => [
    `  ${line.route.network.name}`,
    showRoute(line.route),
    lastStage(line),
    describeOutcome(line),
    milliseconds(line.endedAt),
  ])
  return table([], rows).trimEnd().split('\n').slice(1)
}

function describeBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `byway: this is a bug in byway, please report it\n${stack}\n`
}
