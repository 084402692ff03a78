import stringWidth from 'string-width'
import { printable } from '../../core/printable.ts'
import type { RaceDocument, RouteDocument } from '../../core/race-document.ts'
import type { Stage } from '../../core/types.ts'
import { clip } from './clip.ts'
import type { Style } from './style.ts'
import { pad } from './table.ts'
import { makeTimeScale, type TimeScale } from './time-scale.ts'
import { milliseconds } from './words.ts'

/** What a route does, or what became of it. */
type Sign = 'begins' | 'prepares' | 'connects' | 'connected' | 'up' | 'won' | 'lost' | 'failed'

const UNICODE: Readonly<Record<Sign, string>> = {
  begins: '├',
  prepares: '┈',
  connects: '─',
  connected: '━',
  up: '═',
  won: '●',
  lost: '○',
  failed: '×',
}
const ASCII: Readonly<Record<Sign, string>> = {
  begins: '|',
  prepares: '.',
  connects: '-',
  connected: '~',
  up: '=',
  won: '*',
  lost: 'o',
  failed: 'x',
}
const LEGEND: readonly (readonly [Sign, string])[] = [
  ['prepares', 'prepares'],
  ['connects', 'connects'],
  ['connected', 'connected'],
  ['up', 'answered'],
  ['won', 'won'],
  ['lost', 'given up'],
  ['failed', 'failed'],
]
const DOES: Readonly<Record<Stage, Sign>> = {
  start: 'prepares',
  var: 'prepares',
  state: 'prepares',
  lookup: 'prepares',
  connect: 'connects',
  proxy: 'connects',
  banner: 'connected',
}
const ENDS = { won: 'won', lost: 'lost', failed: 'failed', late: 'failed' } as const
const WORDS = {
  won: 'won',
  lost: 'given up',
  failed: 'failed',
  late: 'out of time',
  trying: 'trying',
  waiting: 'not tried',
} as const

/** Columns of a chart that goes to no terminal. */
const USUAL_COLUMNS = 80
const LONGEST_NAME = 24
const NARROWEST = 20

/** The race, a line per route on a scale of time, below it what the signs mean. */
export function drawRace({ routes }: RaceDocument, style: Style): string {
  const signs = style.unicode ? UNICODE : ASCII
  const names = routes.map(({ network }) => clip(printable(network), LONGEST_NAME, style))
  const notes = routes.map(describeEnd)
  const [left, right] = [names, notes].map((texts) =>
    Math.max(0, ...texts.map((text) => stringWidth(text))),
  )
  const room = (style.columns ?? USUAL_COLUMNS) - (left ?? 0) - (right ?? 0) - 4
  const scale = makeTimeScale(endOf(routes), Math.max(NARROWEST, room))
  const bars = routes.map((route) => drawRoute(route, { scale, signs, style }))
  const lines = bars.map((bar, i) => `${pad(names[i] ?? '', left ?? 0)}  ${bar}  ${notes[i]}`)
  const axis = ' '.repeat((left ?? 0) + 2) + drawAxis(scale)
  return [style.dim(axis), ...lines, '', style.dim(describeSigns(bars, signs))]
    .map((line) => `${line}\n`)
    .join('')
}

interface Drawing {
  readonly scale: TimeScale
  readonly signs: Readonly<Record<Sign, string>>
  readonly style: Style
}

function drawRoute(route: RouteDocument, { scale, signs, style }: Drawing): string {
  const cells = Array.from({ length: scale.width }, () => ' ')
  const { startedAt, endedAt, outcome } = route
  if (startedAt === null || endedAt === null) return cells.join('')
  for (const { sign, from, to } of phasesOf(route)) {
    cells.fill(signs[sign], scale.columnOf(from), scale.columnOf(to))
  }
  cells[scale.columnOf(startedAt)] = signs.begins
  const end = scale.columnOf(endedAt)
  const mark = outcome in ENDS ? signs[ENDS[outcome as keyof typeof ENDS]] : signs.failed
  const bar = cells.slice(0, end).join('')
  const rest = ' '.repeat(scale.width - end - 1)
  if (outcome === 'won') return style.good(bar + mark) + rest
  return style.dim(bar) + (outcome === 'lost' ? style.warn(mark) : style.bad(mark)) + rest
}

interface Phase {
  readonly sign: Sign
  readonly from: number
  readonly to: number
}

/** What the route did from its start to its end, without gaps. */
function phasesOf({ startedAt, upAt, endedAt, steps }: RouteDocument): Phase[] {
  const begins = [
    { sign: 'prepares' as Sign, from: startedAt ?? 0 },
    ...steps.map(({ stage, at }) => ({ sign: DOES[stage], from: at })),
    ...(upAt === null ? [] : [{ sign: 'up' as Sign, from: upAt }]),
  ]
  return begins.map((phase, i) => ({ ...phase, to: begins[i + 1]?.from ?? endedAt ?? 0 }))
}

function drawAxis({ ticks, unit }: TimeScale): string {
  let line = ''
  for (const { at, text } of ticks) {
    line = line.padEnd(at) + text
  }
  return `${line} ${unit}`
}

function describeEnd({ outcome, endedAt }: RouteDocument): string {
  return endedAt === null ? WORDS[outcome] : `${WORDS[outcome]}, ${milliseconds(endedAt)}`
}

/** The signs that are in the chart, and what they mean. */
function describeSigns(bars: readonly string[], signs: Drawing['signs']): string {
  return LEGEND.filter(([sign]) => bars.some((bar) => bar.includes(signs[sign])))
    .map(([sign, words]) => `${signs[sign]} ${words}`)
    .join('  ')
}

function endOf(routes: readonly RouteDocument[]): number {
  return Math.max(0, ...routes.map(({ endedAt }) => endedAt ?? 0))
}
