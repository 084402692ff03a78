import { CONNECT_FLAGS, makeRequest } from '../arguments.ts'
import { EXIT_STATUS } from '../core/errors.ts'
import { lastStage, type RouteReport } from '../core/report.ts'
import { resolveRoutes, technologyOf } from '../core/resolve.ts'
import { showHost, showRoute } from '../core/show.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { tryRoutes } from './ping.ts'
import { json } from './ui/output.ts'
import { table } from './ui/table.ts'
import { describeOutcome, milliseconds } from './ui/words.ts'

const { network, timeout } = CONNECT_FLAGS

/** `byway explain`: what connect would do, and what came of it, route by route. */
export const explainCommand: Command = {
  name: 'explain',
  usage: '<machine> [port]',
  describe: 'every route: when it was tried, what came back, which one won',
  flags: { network, timeout, ...JSON_FLAG },
  examples: [
    ['explain web01', 'the race for web01, a line per route'],
    ['explain --json web01', 'the same for programs'],
  ],
  run: async ({ words: [name = '', port], flags }, context) => {
    const world = await context.world()
    const found = flags as Omit<Parameters<typeof makeRequest>[0], 'machine'>
    const request = makeRequest({ ...found, machine: name, port })
    const machine = await world.findMachine(name)
    const routes = resolveRoutes(machine, request)
    const { report, winner } = await tryRoutes(routes, world, request.timeout)
    const text =
      flags['json'] === true ? json(toJson(machine.name, report.routes)) : show(report.routes)
    await context.print(text)
    return winner === null ? EXIT_STATUS.UNAVAILABLE : EXIT_STATUS.OK
  },
}

function show(lines: readonly RouteReport[]): string {
  const rows = lines.map((line) => [
    line.route.network.name,
    String(line.route.network.priority),
    showRoute(line.route),
    milliseconds(line.startedAt),
    milliseconds(line.upAt ?? line.endedAt),
    lastStage(line),
    describeOutcome(line),
  ])
  return table(['Network', 'Priority', 'Where', 'Started', 'Answered', 'Stage', 'Result'], rows)
}

function toJson(machine: string, lines: readonly RouteReport[]) {
  const winner = lines.find(({ outcome }) => outcome === 'won')
  return {
    machine,
    winner: winner?.route.network.name ?? null,
    routes: lines.map((line) => ({
      network: line.route.network.name,
      priority: line.route.network.priority,
      technology: technologyOf(line.route),
      host: showHost(line.route.host),
      port: line.route.port,
      outcome: line.outcome,
      stage: lastStage(line),
      reason: line.reason,
      hint: line.hint,
      startedAt: line.startedAt,
      upAt: line.upAt,
      endedAt: line.endedAt,
      steps: line.steps,
    })),
  }
}
