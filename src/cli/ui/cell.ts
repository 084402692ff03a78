import type { RouteStatus } from '../../core/status.ts'
import type { Stage } from '../../core/types.ts'
import type { Style } from './style.ts'
import { milliseconds } from './words.ts'

/** How a cell is meant. */
export type Tone = 'won' | 'up' | 'down' | 'absent' | 'unknown'

/** What stands in one cell of machines by networks. */
export interface Cell {
  readonly tone: Tone
  /** latency or, in a word or two, why there is none */
  readonly text: string
}

/** What went wrong, in a word or two, by the stage in which it did. */
const SHORT: Readonly<Record<Stage, string>> = {
  start: 'failed',
  var: 'no var',
  state: 'not there',
  lookup: 'no address',
  connect: 'no answer',
  proxy: 'proxy failed',
  banner: 'no ssh',
}

/** The cell of a route; null: the machine is not in that network. `winner`: a login would take it. */
export function cellOf(route: RouteStatus | null, winner: boolean): Cell {
  if (route === null) return { tone: 'unknown', text: '' }
  const { state, ms } = route
  if (state === 'up') return { tone: winner ? 'won' : 'up', text: milliseconds(ms) }
  if (state === 'absent') return { tone: 'absent', text: 'absent' }
  if (state === 'idle') return { tone: 'absent', text: 'not started' }
  if (state === 'unknown') return { tone: 'unknown', text: '…' }
  return { tone: 'down', text: shorten(route) }
}

/** The cell's text, with the mark of the one that would win, as the style has it. */
export function paintCell({ tone, text }: Cell, padded: string, style: Style): string {
  if (tone === 'won') return style.good(`${style.unicode ? '●' : '*'} ${padded}`)
  const shown = `  ${style.unicode ? padded : padded.replace('…', '.')}`
  if (tone === 'up' || text === '') return shown
  return tone === 'down' ? style.bad(shown) : style.dim(shown)
}

function shorten({ stage, reason }: RouteStatus): string {
  if (/refused/.test(reason ?? '')) return 'refused'
  if (stage === 'banner' && /said nothing/.test(reason ?? '')) return 'silent'
  return SHORT[stage]
}
