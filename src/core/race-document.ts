import { lastStage, type RouteReport, type Step } from './report.ts'
import { technologyOf } from './resolve.ts'
import { showHost, showRoute } from './show.ts'
import type { Stage } from './types.ts'

/**
 * A race as JSON: what `explain --json` prints, and what is kept of every connect. Its keys stay.
 * Times are milliseconds from the beginning of the race. It holds no secret.
 */
export interface RaceDocument {
  readonly machine: string
  /** the network's name; null: no route answered */
  readonly winner: string | null
  readonly routes: readonly RouteDocument[]
}

/** What became of one route; see `RouteReport`. */
export interface RouteDocument {
  readonly network: string
  readonly priority: number
  readonly technology: string
  readonly host: string
  readonly port: number
  /** host and port, for people */
  readonly where: string
  readonly outcome: RouteReport['outcome']
  readonly stage: Stage
  readonly reason: string | null
  readonly hint: string | null
  readonly startedAt: number | null
  readonly upAt: number | null
  readonly endedAt: number | null
  readonly steps: readonly Step[]
}

/** The document of a race for a machine. */
export function documentRace(machine: string, lines: readonly RouteReport[]): RaceDocument {
  const winner = lines.find(({ outcome }) => outcome === 'won')
  return {
    machine,
    winner: winner?.route.network.name ?? null,
    routes: lines.map(documentRoute),
  }
}

/** A time in milliseconds, to the microsecond: a clock's further digits mean nothing. */
export function roundTime<T extends number | null>(time: T): T {
  return (time === null ? null : Math.round(1000 * time) / 1000) as T
}

function documentRoute(line: RouteReport): RouteDocument {
  const { network, host, port } = line.route
  return {
    network: network.name,
    priority: network.priority,
    technology: technologyOf(line.route),
    host: showHost(host),
    port,
    where: showRoute(line.route),
    outcome: line.outcome,
    stage: lastStage(line),
    reason: line.reason,
    hint: line.hint,
    startedAt: roundTime(line.startedAt),
    upAt: roundTime(line.upAt),
    endedAt: roundTime(line.endedAt),
    steps: line.steps.map((step) => ({ ...step, at: roundTime(step.at) })),
  }
}
