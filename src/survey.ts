import { setMaxListeners } from 'node:events'
import { roundTime } from './core/race-document.ts'
import { type Foreseen, rehearse } from './core/rehearsal.ts'
import { lastStage } from './core/report.ts'
import { resolveRoutes, SSH_PORT, technologyOf, timeoutOf } from './core/resolve.ts'
import { showRoute } from './core/show.ts'
import { reasonToLeaveOut } from './core/standpoint.ts'
import type { MachineStatus, NetworkStatus, RouteStatus, StatusDocument } from './core/status.ts'
import type { Machine, Network, Route } from './core/types.ts'
import { stillTrue } from './inventory/stamp.ts'
import { askState } from './network-state.ts'
import { type Job, runLanes } from './probe-lanes.ts'
import { PATIENCE, reach } from './reach.ts'
import type { World } from './wiring.ts'

/** What a survey is to look at. */
export interface SurveyOptions {
  readonly machines: readonly Machine[]
  /** seconds per route; undefined: what a login would allow it */
  readonly limit: number | undefined
}

/** A look at machines by every network that they are in; it can be repeated. */
export class Survey {
  readonly #world: World
  readonly #limit: number | undefined
  readonly #routes: readonly (readonly Route[])[]
  readonly #states = new Map<string, Promise<NetworkStatus>>()
  #networks: NetworkStatus[] = []
  readonly #machines: MachineStatus[]
  #time = new Date().toISOString()
  /** routes of this round that are looked at, of how many */
  readonly progress = { done: 0, all: 0 }

  constructor(world: World, { machines, limit }: SurveyOptions) {
    this.#world = world
    this.#limit = limit
    this.#routes = machines.map((machine) =>
      resolveRoutes(machine, { networks: [], port: SSH_PORT }),
    )
    this.#machines = machines.map(({ name }, i) => ({
      machine: name,
      winner: null,
      routes: (this.#routes[i] ?? []).map((route) => statusOf(route, { state: 'unknown' })),
    }))
  }

  /** False once a source of the inventory has changed: another survey is to be made then. */
  isCurrent(): boolean {
    return stillTrue(this.#world.inventory.header.stamps)
  }

  /** What is known now. */
  get document(): StatusDocument {
    return { time: this.#time, networks: this.#networks, machines: this.#machines }
  }

  /**
   * Looks at all routes once, many at a time; `changed` is called with each machine of which more
   * is known. Starts no daemon. Throws the signal's reason.
   */
  async look(signal: AbortSignal, changed: (machine: number) => void = () => {}): Promise<void> {
    this.#time = new Date().toISOString()
    this.#states.clear()
    // each race that goes on listens to it
    setMaxListeners(0, signal)
    const { networks } = this.#world.inventory.header
    this.#networks = await Promise.all(
      networks.map((network) => this.#stateOf(network, network.technology)),
    )
    const jobs = this.#routes.flatMap((routes, machine) =>
      routes.map((route, i): Job => {
        const run = async () => {
          this.#note(machine, i, await this.#probe(route, signal))
          this.progress.done += 1
          changed(machine)
        }
        return { network: route.network, technology: technologyOf(route), run }
      }),
    )
    Object.assign(this.progress, { done: 0, all: jobs.length })
    await runLanes(jobs, signal)
  }

  #note(machine: number, i: number, status: RouteStatus): void {
    const before = this.#machines[machine] as MachineStatus
    const routes = before.routes.with(i, status)
    const winner = this.#foresee(this.#routes[machine] ?? [], routes)
    this.#machines[machine] = { ...before, routes, winner }
  }

  /** The network that would win, as soon as every route has been looked at once. */
  #foresee(routes: readonly Route[], found: readonly RouteStatus[]): string | null {
    if (found.some(({ state }) => state === 'unknown')) return null
    const { stagger, grace, timeout } = this.#world.settings
    const entrants = found.map((status, i): Foreseen => {
      const route = routes[i] as Route
      const limit = 1000 * (this.#limit ?? timeoutOf(route, timeout))
      return { priority: route.network.priority, timeout: limit, ...fateOf(status) }
    })
    const winner = rehearse(entrants, { stagger, grace, patience: PATIENCE })
    return winner === null ? null : (routes[winner]?.network.name ?? null)
  }

  async #probe(route: Route, signal: AbortSignal): Promise<RouteStatus> {
    const { technologies, settings } = this.#world
    const self = this.#world.self()
    const leftOut = reasonToLeaveOut(route, self)
    if (leftOut !== null) return statusOf(route, { state: 'absent', reason: leftOut })
    const { state, detail } = await this.#stateOf(route.network, technologyOf(route))
    if (state === 'absent' || state === 'error') {
      return statusOf(route, { state: 'absent', stage: 'state', reason: detail })
    }
    if (state === 'startable') return statusOf(route, { state: 'idle', reason: detail })
    const { report } = await reach([route], {
      ...settings,
      technologies,
      self,
      signal,
      limit: this.#limit,
      untouched: false,
    }).then((outcome) => {
      outcome.winner?.reached.connection.close()
      return outcome
    })
    const [line] = report.routes
    if (line === undefined) return statusOf(route, { state: 'unknown' })
    const ms = roundTime(line.upAt ?? line.endedAt)
    const stage = lastStage(line)
    return line.upAt === null
      ? statusOf(route, { state: 'down', ms, stage, reason: line.reason })
      : statusOf(route, { state: 'up', ms, stage })
  }

  /** Asked once a round, however many machines are in the network. */
  #stateOf(network: Network, technology: string): Promise<NetworkStatus> {
    const key = `${network.source}/${network.name}/${technology}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const asked = askState(network, technology, this.#world.technologies).then(
      ({ state, detail }): NetworkStatus => {
        const { name, priority } = network
        return { name, priority, technology, state, detail }
      },
    )
    this.#states.set(key, asked)
    return asked
  }
}

function statusOf(route: Route, found: Partial<RouteStatus> & Pick<RouteStatus, 'state'>) {
  const nothing = { ms: null, stage: 'start', reason: null } as const
  return { network: route.network.name, where: showRoute(route), ...nothing, ...found }
}

/** A network that is not there costs a race nothing. */
function fateOf({ state, ms }: RouteStatus): Pick<Foreseen, 'fate' | 'after'> {
  if (state === 'up') return { fate: 'up', after: ms ?? 0 }
  return state === 'down' ? { fate: 'failed', after: ms ?? 0 } : { fate: 'skipped', after: 0 }
}
