import { Unreachable } from '../../connect.ts'
import { BywayError, EXIT_STATUS } from '../../core/errors.ts'
import { lastStage, type RouteReport } from '../../core/report.ts'
import { showRoute, showText } from '../../core/show.ts'
import { table } from './table.ts'
import { describeOutcome, milliseconds } from './words.ts'

/** What went wrong, in lines for stderr and the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof BywayError)) return describeBug(error)
  const lines = [`byway: ${showText(error.message)}`]
  if (error instanceof Unreachable) lines.push(...routeLines(error.report.routes))
  if (error.hint !== undefined) lines.push(`hint: ${showText(error.hint)}`)
  return `${lines.join('\n')}\n`
}

/** The exit status that belongs to what went wrong. */
export function statusOf(error: unknown): number {
  return EXIT_STATUS[error instanceof BywayError ? error.exit : 'SOFTWARE']
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
  const lines = stack.split('\n').map(showText)
  return `byway: this is a bug in byway, please report it\n${lines.join('\n')}\n`
}
