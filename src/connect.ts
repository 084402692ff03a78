import { noteRace, noteSignals } from './connect-notes.ts'
import { systemClock } from './core/clock.ts'
import { BywayError } from './core/errors.ts'
import type { Report } from './core/report.ts'
import { resolveRoutes } from './core/resolve.ts'
import type { Machine, Route } from './core/types.ts'
import { History } from './history.ts'
import { hurryUnread } from './leave.ts'
import { reach } from './reach.ts'
import { Asker } from './stdio/asker.ts'
import { passSocket, requireChannel } from './stdio/fdpass.ts'
import { relay } from './stdio/relay.ts'
import { openPassedStreams, openStandardStreams } from './stdio/standard-streams.ts'
import type { World } from './wiring.ts'

/** Milliseconds after which a race takes long. */
const SLOW = 700

/** What `byway connect` was asked for. */
export interface ConnectRequest {
  readonly machine: string
  /** TCP port; 22 means the machine's own */
  readonly port: number
  /** only these networks; empty: any */
  readonly networks: readonly string[]
  readonly fdpass: boolean
  /** seconds; undefined: what configuration and networks say */
  readonly timeout: number | undefined
  /** another byway waits on descriptor 3 to hear what comes of it */
  readonly tellUp?: boolean | undefined
}

/** No route to a machine answered; the report says what was tried. */
export class Unreachable extends BywayError {
  readonly report: Report

  constructor(machine: string, report: Report) {
    super(report.exit, `no route to "${machine}" answered`, { hint: report.hints[0] })
    this.report = report
  }
}

/**
 * The main job: finds the best route to the machine, and gives ssh its stream, as relayed bytes or
 * as the socket itself. Returns when both sides have closed, or the socket is handed over. Throws
 * a `BywayError`; once bytes have flowed there is no other route any more.
 */
export async function connect(request: ConnectRequest, world: World): Promise<void> {
  if (request.fdpass) requireChannel()
  const machine = await world.findMachine(request.machine)
  const routes = resolveRoutes(machine, request)
  if (routes.length === 0) throw noRoutes(machine)
  const asker = request.tellUp === true ? new Asker() : null
  const watch = new SlowRace(request)
  const { settings: rules, tell } = world
  const history = new History(routes, { env: process.env, tell, rules })
  const { winner, report } = await reach(routes, {
    ...world.settings,
    technologies: world.technologies,
    self: world.self(),
    limit: request.timeout,
    untouched: request.fdpass,
    signal: asker?.gone,
    doubts: history.doubts,
    begun: (begun) => watch.begin(begun),
  }).finally(() => watch.end())
  await asker?.tell(winner === null ? report.failure : {})
  if (winner === null) throw new Unreachable(machine.name, report)
  const { connection, head, description } = winner.reached
  tellWinner(winner.route, description, world)
  tellIgnored(winner.route, machine, world)
  const note = () => {
    history.learn(report)
    noteRace(request, report, process.env)
  }
  if (request.fdpass) return passSocket(connection).then(note).then(hurryUnread)
  setImmediate(() => {
    note()
    void import('./lean.ts').then(({ stayLean }) => stayLean())
  })
  const stdio = asker === null ? openStandardStreams() : openPassedStreams()
  return relay(connection, stdio, { head })
}

/** A race that takes long is noted when a signal ends it; a fast one costs nothing. */
class SlowRace {
  readonly #request: ConnectRequest
  #timer: ReturnType<typeof setTimeout> | undefined
  #forget = () => {}

  constructor(request: ConnectRequest) {
    this.#request = request
  }

  begin(report: Report): void {
    const began = systemClock.now()
    this.#timer = setTimeout(() => {
      this.#forget = noteSignals(this.#request, { report, began }, process.env)
    }, SLOW)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#forget()
  }
}

function tellWinner({ network, machine }: Route, description: string, { tell }: World): void {
  tell(1, `${machine}: by network "${network.name}" (${description})`)
}

/** Options for ssh, which has started us and takes none: jump hosts are honoured before. */
function tellIgnored({ network }: Route, { name, memberships }: Machine, { tell }: World): void {
  const membership = memberships.find((one) => one.network.name === network.name)
  const options = membership?.peer.sshOptions ?? []
  if (options.length === 0) return
  tell(1, `${name}: only "byway ssh" and "byway ssh-config" apply SSHOptions ${options.join(' ')}`)
}

function noRoutes({ name }: Machine): BywayError {
  return new BywayError('UNAVAILABLE', `machine "${name}" has no host in any network`)
}
