import * as assert from 'uvu/assert'
import { type Action, Race } from '../../src/core/race.ts'

/** The rules that scripts go by where they name no others. */
export const RULES = { stagger: 250, grace: 150, patience: 1000 }
/** How long an entrant may take that says nothing else. */
export const TIMEOUT = 10_000

/**
 * Entrants are `name:priority[:timeout][?]`, `?` when doubted, news are `time entrant up|failed|skipped|parked|heard`, what the race is
 * expected to do is `time action [entrant]`; `over` is noted when nobody is left.
 */
export interface Script {
  /** the test's name */
  readonly name: string
  readonly entrants: string
  readonly news?: string
  readonly rules?: Partial<typeof RULES>
  readonly expected: string
}

/** Plays the news, and wakes the race when it wants to be woken; what it did, and when. */
export function play(
  { entrants, news = '', rules }: Omit<Script, 'name' | 'expected'>,
  began: number,
) {
  const names = entrants.split(' ').filter((entrant) => entrant !== '')
  const field = names.map((entrant) => {
    const [, priority, timeout = TIMEOUT] = entrant.replace('?', '').split(':')
    const doubted = entrant.endsWith('?')
    return { priority: Number(priority), timeout: Number(timeout), doubted }
  })
  const race = new Race(field, { ...RULES, ...rules }, began)
  const log: string[] = []
  const note = (time: number, actions: readonly Action[]) => {
    log.push(...actions.map(({ kind, entrant }) => `${time} ${kind} ${names[entrant]?.[0]}`))
    const decided = log.some((line) => line.includes('win') || line.includes('over'))
    if (race.over && !decided) log.push(`${time} over`)
  }
  note(0, race.advance(began))
  for (const item of news.split(', ').filter((text) => text !== '')) {
    const [time, letter = '', kind] = item.split(' ')
    wakeUntil(race, { began, until: Number(time), note })
    const entrant = names.findIndex((name) => name.startsWith(letter))
    if (kind === 'heard') race.heard(entrant, began + Number(time))
    else note(Number(time), race[kind as News](entrant, began + Number(time)))
  }
  wakeUntil(race, { began, until: Number.POSITIVE_INFINITY, note })
  return log
}

type News = 'up' | 'failed' | 'skipped' | 'parked'

interface Waking {
  readonly began: number
  readonly until: number
  note(time: number, actions: readonly Action[]): void
}

/** Fails when it wants to be woken for nothing, which would be a busy loop. */
function wakeUntil(race: Race, { began, until, note }: Waking): void {
  for (let wake = race.wakeAt(); wake !== null && wake - began < until; wake = race.wakeAt()) {
    const actions = race.advance(wake)
    note(wake - began, actions)
    const again = race.wakeAt()
    assert.ok(again === null || again > wake, `woken at ${wake - began} for nothing`)
  }
}
