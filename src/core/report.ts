import { BywayError, type ExitName, messageOf } from './errors.ts'
import type { RaceEvent } from './run-race.ts'
import { shortenOnion } from './show.ts'
import type { Route, Stage } from './types.ts'

/** A step of a dial, and when it began (milliseconds from the beginning of the race). */
export interface Step {
  readonly stage: Stage
  readonly at: number
  readonly detail?: string | undefined
}

/** What became of one route. Times are milliseconds from the beginning of the race. */
export interface RouteReport {
  readonly route: Route
  /** null: not started, the race was decided before */
  startedAt: number | null
  /** when it was up; null: it never was */
  upAt: number | null
  /** when it failed, lost, or won */
  endedAt: number | null
  readonly steps: Step[]
  outcome: 'waiting' | 'trying' | 'won' | 'lost' | 'failed' | 'late'
  /** why it failed, in one line without secrets */
  reason: string | null
  hint: string | null
  /** the exit status that the failure alone would have; null: it did not fail by an error of ours */
  exit: ExitName | null
}

/** What one byway tells another of a connection: why there is none; nothing of these if there is. */
export interface News {
  readonly reason?: string | undefined
  /** what can be done about it */
  readonly hint?: string | undefined
}

/** What a race was told, route by route, in the order of the routes. */
export class Report {
  readonly routes: readonly RouteReport[]

  constructor(routes: readonly Route[]) {
    this.routes = routes.map((route) => ({
      route,
      startedAt: null,
      upAt: null,
      endedAt: null,
      steps: [],
      outcome: 'waiting',
      reason: null,
      hint: null,
      exit: null,
    }))
  }

  /** Notes a step of a dial, and returns whether it got further. Steps after its end are not noted. */
  step(entrant: number, step: Step): boolean {
    const line = this.routes[entrant]
    if (line?.endedAt !== null) return false
    const further = lastStage(line) !== step.stage
    line.steps.push({ ...step, detail: step.detail && shortenOnion(step.detail) })
    return further
  }

  /** Notes what the race did. */
  record(event: RaceEvent): void {
    const line = this.routes[event.entrant]
    if (line === undefined) return
    if (event.kind === 'start') Object.assign(line, { startedAt: event.at, outcome: 'trying' })
    if (event.kind === 'up') line.upAt = event.at
    if (event.kind === 'win') finish(line, 'won', event)
    if (event.kind === 'lose') finish(line, 'lost', event)
    if (event.kind === 'expire') finish(line, 'late', event)
    if (event.kind === 'fail') finish(line, 'failed', event)
  }

  /** Notes that the race was broken off: those that still tried are out of time. */
  interrupt(at: number): void {
    for (const [entrant, { outcome }] of this.routes.entries()) {
      if (outcome === 'trying') this.record({ kind: 'expire', entrant, at })
    }
  }

  /** Why all routes failed, each reason once, and what can be done about the first. */
  get failure(): News {
    const reasons = this.routes.map(({ reason }) => reason).filter((reason) => reason !== null)
    return { reason: [...new Set(reasons)].join('; '), hint: this.hints[0] }
  }

  /**
   * The exit status when no route answered: where none came further than its var, and all for the
   * same reason, that reason's (a key is missing, a secret is damaged); else UNAVAILABLE.
   */
  get exit(): ExitName {
    const [first, ...rest] = this.routes
    const locked = (line: RouteReport) => line.outcome === 'failed' && lastStage(line) === 'var'
    if (first === undefined || !this.routes.every(locked)) return 'UNAVAILABLE'
    return rest.every(({ exit }) => exit === first.exit) && first.exit ? first.exit : 'UNAVAILABLE'
  }

  /** The hints of the routes that failed, each once, in order. */
  get hints(): string[] {
    return [...new Set(this.routes.map(({ hint }) => hint).filter((hint) => hint !== null))]
  }
}

/** The stage that a route was in last. */
export function lastStage({ steps }: RouteReport): Stage {
  return steps.at(-1)?.stage ?? 'start'
}

/** When a route last got further, milliseconds from the beginning of the race; null: it never did. */
export function heardAt({ steps }: RouteReport): number | null {
  const further = steps.findLast(({ stage }, i) => (steps[i - 1]?.stage ?? 'start') !== stage)
  return further?.at ?? null
}

/** Words for a route that ran out of time, by the stage it was in. */
const LATE: Readonly<Record<Stage, string>> = {
  start: 'not ready in time',
  var: 'its var was not read in time',
  state: 'its network did not say in time whether it runs',
  lookup: 'name servers did not answer in time',
  connect: 'no answer',
  proxy: 'the proxy did not answer in time',
  banner: 'accepted the connection and said nothing',
}

function finish(line: RouteReport, outcome: RouteReport['outcome'], event: RaceEvent): void {
  line.endedAt = event.at
  line.outcome = outcome
  const silent = outcome === 'lost' && line.upAt === null
  if (outcome === 'late' || silent) line.reason = describeLate(line)
  if (outcome !== 'failed') return
  line.reason = shortenOnion(messageOf(event.error))
  const hint = event.error instanceof BywayError ? event.error.hint : undefined
  line.hint = hint ? shortenOnion(hint) : null
  line.exit = event.error instanceof BywayError ? event.error.exit : null
}

/** A start says how far it came, and what troubled it; a tunnel, when it last heard of the peer. */
function describeLate(line: RouteReport): string {
  const stage = lastStage(line)
  const detail = line.steps.at(-1)?.detail
  return detail === undefined ? LATE[stage] : `${LATE[stage]}: ${detail}`
}
