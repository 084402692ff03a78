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

/** A time that has passed, in its largest unit: milliseconds in, `3 min` out. */
export function age(passed: number): string {
  const seconds = Math.max(0, Math.round(passed / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`
  return seconds < 48 * 3600
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} days`
}
