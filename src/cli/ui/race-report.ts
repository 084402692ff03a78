import { printable } from '../../core/printable.ts'
import type { RaceDocument, RouteDocument } from '../../core/race-document.ts'
import { drawRace } from './race-chart.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'
import { describeOutcome, milliseconds } from './words.ts'

/** Columns from which on the table has the times, too. */
const WIDE = 120

/** A race for people: who won, the chart, what became of each route, and what can be done. */
export function reportRace(race: RaceDocument, style: Style): string {
  const parts = [
    `${style.bold(race.machine)}: ${describeWinner(race, style)}\n`,
    drawRace(race, style),
    tableOf(race.routes, style),
    hintsOf(race.routes),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function describeWinner({ winner, routes }: RaceDocument, style: Style): string {
  const won = routes.find(({ outcome }) => outcome === 'won')
  if (won === undefined) return style.bad('no route answered')
  const answered = `answered after ${milliseconds(won.upAt)}`
  const waited = won.endedAt === won.upAt ? '' : `, won after ${milliseconds(won.endedAt)}`
  return `${style.good(`by ${winner}`)}, ${answered}${waited}`
}

/** A narrow terminal gets the columns that the chart has not. */
function tableOf(routes: readonly RouteDocument[], style: Style): string {
  if (style.columns !== null && style.columns < WIDE) {
    const rows = routes.map((route) => [route.network, route.where, describeOutcome(route)])
    return table(['Network', 'Where', 'Result'], rows, style)
  }
  const rows = routes.map((route) => [
    route.network,
    String(route.priority),
    route.where,
    milliseconds(route.startedAt),
    milliseconds(connectedAt(route)),
    milliseconds(route.upAt),
    milliseconds(route.endedAt),
    route.stage,
    describeOutcome(route),
  ])
  const times = ['Started', 'Connected', 'Answered', 'Ended']
  return table(['Network', 'Priority', 'Where', ...times, 'Stage', 'Result'], rows, style)
}

function connectedAt({ steps }: RouteDocument): number | null {
  return steps.find(({ stage }) => stage === 'banner')?.at ?? null
}

function hintsOf(routes: readonly RouteDocument[]): string {
  const hints = new Set(routes.flatMap(({ hint }) => hint ?? []))
  return [...hints].map((hint) => `hint: ${printable(hint)}\n`).join('')
}
