import type { ConnectNote } from '../../connect-notes.ts'
import { printable } from '../../core/printable.ts'
import type { RaceDocument, RouteDocument } from '../../core/race-document.ts'
import type { SshSettings } from '../../ssh-settings.ts'
import { drawRace } from './race-chart.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'
import { age, describeOutcome, milliseconds } from './words.ts'

/** Columns from which on the table has the times, too. */
const WIDE = 120

/** A race for people: who won, the chart, what became of each route, and what can be done. */
export function reportRace(race: RaceDocument, style: Style): string {
  const head = `${style.bold(printable(race.machine))}: ${describeWinner(race, style)}\n`
  const parts = [head, drawRace(race, style), tableOf(race.routes, style), hintsOf(race.routes)]
  return parts.filter((part) => part !== '').join('\n')
}

/** When and by whom a connect was started, and why it ended where that was no good end. */
export function reportStart({ time, startedBy, error, routes, winner }: ConnectNote): string {
  const [nearest, ...above] = startedBy
  const under = above.length === 0 ? '' : ` (under ${above.join(', ')})`
  const by = nearest === undefined ? '' : `, started by ${nearest}${under}`
  const ago = age(Date.now() - Date.parse(time))
  const lines = [`${new Date(time).toLocaleString('sv')}, ${ago} ago${by}`]
  const known = winner === null && routes.every(({ outcome }) => outcome === 'failed')
  if (error !== null && !(known && routes.length > 0)) lines.push(error)
  return lines.map((line) => `${printable(line)}\n`).join('')
}

/** What ssh will do, and whether that is to ask byway. Null: it did not say. */
export function reportSsh(name: string, ssh: SshSettings | null, style: Style): string {
  if (ssh === null) return `ssh ${name}: ssh did not say what it would do\n`
  const where = printable(`as ${ssh.user} to ${ssh.hostname}, port ${ssh.port}`)
  const who = `ssh ${name}: ${where}`
  if (ssh.byway) return `${who}, ${style.good('through byway')}\n`
  const how = ssh.proxycommand === null ? '' : `, through ${printable(ssh.proxycommand)}`
  const hint = `hint: byway ssh-config --install makes it ask byway; byway ssh ${name} does without`
  return `${who}${how}: ${style.warn('byway is not asked')}\n${hint}\n`
}

function describeWinner({ winner, routes }: RaceDocument, style: Style): string {
  const won = routes.find(({ outcome }) => outcome === 'won')
  if (won === undefined) return style.bad('no route answered')
  const [up, end] = [milliseconds(won.upAt), milliseconds(won.endedAt)]
  const waited = up === end ? '' : `, won after ${end}`
  return `${style.good(`by ${printable(winner ?? '')}`)}, answered after ${up}${waited}`
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
