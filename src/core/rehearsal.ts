import { type Action, type Entrant, Race, type Rules } from './race.ts'

/**
 * An entrant of which is known how it will fare, this many milliseconds after its start. One that comes up is
 * taken to have got further when half of its time was over, as a connection is that then is spoken on.
 */
export interface Foreseen extends Entrant {
  readonly fate: 'up' | 'failed' | 'skipped'
  readonly after: number
}

/**
 * Who would win a race in which all fare as foreseen, by the same rule that decides a real one: an
 * index; null: nobody.
 */
export function rehearse(entrants: readonly Foreseen[], rules: Rules): number | null {
  const race = new Race(entrants, rules, 0)
  const coming = new Map<number, number>()
  let now = 0
  let actions = race.advance(now)
  for (;;) {
    for (const { kind, entrant } of actions) {
      if (kind === 'win') return entrant
      if (kind === 'start') coming.set(entrant, now + begin(race, entrants, { entrant, now }))
      else coming.delete(entrant)
    }
    const [next, at] = firstOf(coming)
    const wake = race.wakeAt() ?? Number.POSITIVE_INFINITY
    now = Math.min(at, wake)
    if (now === Number.POSITIVE_INFINITY) return null
    actions = at > wake ? race.advance(now) : tell(race, entrants, { next, now })
    if (at <= wake) coming.delete(next)
  }
}

/** How long it takes. */
function begin(
  race: Race,
  entrants: readonly Foreseen[],
  { entrant, now }: { entrant: number; now: number },
): number {
  const { fate, after } = entrants[entrant] ?? { fate: 'failed', after: 0 }
  if (fate === 'up') race.heard(entrant, now + after / 2)
  return after
}

function tell(
  race: Race,
  entrants: readonly Foreseen[],
  { next, now }: { next: number; now: number },
): Action[] {
  const fate = entrants[next]?.fate
  if (fate === 'up') return race.up(next, now)
  return fate === 'skipped' ? race.skipped(next, now) : race.failed(next, now)
}

function firstOf(coming: ReadonlyMap<number, number>): [entrant: number, at: number] {
  let first: [number, number] = [-1, Number.POSITIVE_INFINITY]
  for (const [entrant, at] of coming) if (at < first[1]) first = [entrant, at]
  return first
}
