import type { Stage } from './types.ts'

/**
 * Machines by networks, as `status --json` prints it. Its keys stay. It holds no secret.
 */
export interface StatusDocument {
  /** when it was begun (ISO 8601) */
  readonly time: string
  readonly networks: readonly NetworkStatus[]
  readonly machines: readonly MachineStatus[]
}

/** Whether a network runs on this computer. */
export interface NetworkStatus {
  readonly name: string
  readonly priority: number
  readonly technology: string
  readonly state: 'running' | 'startable' | 'absent' | 'error'
  /** what was looked at to say so */
  readonly detail: string
}

/** What is known of one machine. */
export interface MachineStatus {
  readonly machine: string
  /** the network that a login would take; null: none, or not known yet */
  readonly winner: string | null
  /** highest priority first */
  readonly routes: readonly RouteStatus[]
}

/** What is known of one route. */
export interface RouteStatus {
  readonly network: string
  /** host and port, for people */
  readonly where: string
  /**
   * up: the machine has said `SSH-`; down: it did not; absent: the network does not run here, or
   * this computer has no part in it; idle: byway would have to start the network first, and did
   * not for this; unknown: not tried yet
   */
  readonly state: 'up' | 'down' | 'absent' | 'idle' | 'unknown'
  /** milliseconds until it was up, or was found not to be; null: nothing was dialled */
  readonly ms: number | null
  /** how far the dial came */
  readonly stage: Stage
  /** why it is not up; null: it is, or that is not known */
  readonly reason: string | null
}

/** The best route of a machine in a network: one that is up before one that is not; null: none. */
export function bestIn({ routes }: MachineStatus, network: string): RouteStatus | null {
  const own = routes.filter((route) => route.network === network)
  return own.find(({ state }) => state === 'up') ?? own[0] ?? null
}

/** True when some route to the machine is up. */
export function isReached({ routes }: MachineStatus): boolean {
  return routes.some(({ state }) => state === 'up')
}
