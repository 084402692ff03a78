import { CONNECT_FLAGS, requireSeconds } from '../arguments.ts'
import { Unreachable } from '../connect.ts'
import { EXIT_STATUS } from '../core/errors.ts'
import { roundTime } from '../core/race-document.ts'
import type { RouteReport } from '../core/report.ts'
import { resolveRoutes, SSH_PORT } from '../core/resolve.ts'
import { showRoute } from '../core/show.ts'
import type { Route } from '../core/types.ts'
import { History } from '../history.ts'
import { type Outcome, reach } from '../reach.ts'
import type { World } from '../wiring.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { json } from './ui/output.ts'
import { table } from './ui/table.ts'
import { describeOutcome, milliseconds } from './ui/words.ts'

/** `byway ping`: is the machine's SSH server reached, and by which network. */
export const pingCommand: Command = {
  name: 'ping',
  usage: '<machine>',
  describe: 'is the machine reachable, and by which network',
  flags: {
    all: { type: 'boolean', describe: 'try every network' },
    timeout: CONNECT_FLAGS.timeout,
    ...JSON_FLAG,
  },
  examples: [
    ['ping web01', 'the first network that answers'],
    ['ping --all web01', 'every network, a line each'],
  ],
  run: async ({ words: [name = ''], flags }, context) => {
    const world = await context.world()
    const machine = await world.findMachine(name)
    const routes = resolveRoutes(machine, { networks: [], port: SSH_PORT })
    const limit =
      typeof flags['timeout'] === 'string' ? requireSeconds(flags['timeout']) : undefined
    const try_ = (some: readonly Route[]) => tryRoutes(some, world, limit)
    const outcomes =
      flags['all'] === true
        ? await Promise.all(routes.map((route) => try_([route])))
        : [await try_(routes)]
    const reached = outcomes.some(({ winner }) => winner !== null)
    if (flags['json'] === true) await context.print(json(toJson(machine.name, outcomes)))
    else if (flags['all'] === true) await context.print(showAll(outcomes))
    else await context.print(showFirst(machine.name, outcomes))
    return reached ? EXIT_STATUS.OK : EXIT_STATUS.UNAVAILABLE
  },
}

/** Races the routes and lets go of what was reached at once. */
export async function tryRoutes(
  routes: readonly Route[],
  world: World,
  limit: number | undefined,
): Promise<Outcome> {
  const { technologies, settings, tell } = world
  const self = world.self()
  const { doubts } = new History(routes, { env: process.env, tell, rules: settings })
  const outcome = await reach(routes, {
    ...settings,
    technologies,
    self,
    limit,
    doubts,
    untouched: false,
  })
  outcome.winner?.reached.connection.close()
  return outcome
}

function showFirst(machine: string, [outcome]: readonly Outcome[]): string {
  const won = outcome?.report.routes.find((line) => line.outcome === 'won')
  if (outcome === undefined || won === undefined) {
    throw new Unreachable(machine, (outcome as Outcome).report)
  }
  const { network } = won.route
  return `${machine}: answers by network ${network.name} in ${milliseconds(won.upAt)}\n`
}

function showAll(outcomes: readonly Outcome[]): string {
  const rows = linesOf(outcomes).map((line) => [
    line.route.network.name,
    showRoute(line.route),
    line.outcome === 'won' ? `answers in ${milliseconds(line.upAt)}` : describeOutcome(line),
  ])
  return table(['Network', 'Where', 'Result'], rows)
}

function toJson(machine: string, outcomes: readonly Outcome[]) {
  const lines = linesOf(outcomes).map((line) => ({
    network: line.route.network.name,
    where: showRoute(line.route),
    reachable: line.upAt !== null,
    ms: roundTime(line.upAt),
    reason: line.reason,
  }))
  return { machine, reachable: lines.some(({ reachable }) => reachable), routes: lines }
}

function linesOf(outcomes: readonly Outcome[]): RouteReport[] {
  return outcomes.flatMap(({ report }) => report.routes)
}
