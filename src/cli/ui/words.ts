import type { RouteReport } from '../../core/report.ts'

/** Milliseconds for people, `-` for none. */
export function milliseconds(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} ms`
}

/** What became of one route, in a few words. */
export function describeOutcome(line: Pick<RouteReport, 'outcome' | 'upAt' | 'reason'>): string {
  if (line.outcome === 'won') return 'won'
  if (line.outcome === 'lost')
    return line.upAt === null ? `${line.reason}, given up: another won` : 'up, but lost'
  if (line.outcome === 'waiting') return 'not tried'
  return line.reason ?? line.outcome
}
