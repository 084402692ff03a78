import type { Entrant, Rules } from '../../src/core/race.ts'
import type { Random } from './random.ts'

export type News = 'up' | 'failed' | 'parked' | 'skipped'

/** What an entrant will do so many milliseconds after its start, or after its permission. */
export interface Plan {
  readonly parksAfter: number | null
  readonly ends: 'up' | 'failed' | 'skipped' | 'never'
  readonly after: number
  /** it gets further so many milliseconds after its start */
  readonly hears: readonly number[]
}

export interface Schedule {
  readonly entrants: readonly Entrant[]
  readonly plans: readonly Plan[]
  readonly rules: Rules
  /** the most that an alarm rings too late, milliseconds */
  readonly sloth: number
}

/** Any. */
export function inventSchedule(random: Random): Schedule {
  const count = random.between(0, 6)
  const priorities = Array.from({ length: count }, () => random.between(1, 4))
  const entrants = priorities
    .sort((a, b) => b - a)
    .map((priority) => {
      const timeout = random.percent(30) ? random.between(1, 400) : 2000
      return { priority, timeout, doubted: random.percent(25) }
    })
  const rules = {
    stagger: random.pick([0, 10, 50, 250]),
    grace: random.pick([0, 20, 150]),
    patience: random.pick([0, 100, 1000]),
  }
  const sloth = random.percent(50) ? 0 : 30
  return { entrants, plans: entrants.map(() => inventPlan(random)), rules, sloth }
}

function inventPlan(random: Random): Plan {
  return {
    parksAfter: random.percent(30) ? random.between(0, 300) : null,
    ends: random.pick(['up', 'up', 'failed', 'skipped', 'never']),
    after: random.percent(20) ? 0 : random.between(0, 600),
    hears: Array.from({ length: random.between(0, 3) }, () => random.between(0, 500)),
  }
}
