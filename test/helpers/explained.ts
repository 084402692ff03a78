import { type BywayOptions, type Home, runByway } from './byway.ts'

/** What `byway explain --json` prints of one route. Times are milliseconds from the beginning. */
export interface ExplainedRoute {
  readonly network: string
  readonly port: number
  readonly outcome: string
  readonly stage: string
  readonly reason: string | null
  readonly startedAt: number | null
  readonly upAt: number | null
  readonly endedAt: number | null
}

/** What `byway explain --json` prints, as far as the tests look at it. */
export interface Explained {
  readonly winner: string | null
  readonly routes: readonly ExplainedRoute[]
  readonly status: number | null
}

/** Has byway explain how it reaches a machine. */
export async function explain(
  home: Home,
  args: readonly string[],
  options: BywayOptions = {},
): Promise<Explained> {
  const { stdout, status } = await runByway(home, ['explain', '--json', ...args], options)
  return { ...JSON.parse(stdout.toString()), status }
}

/** The route by the network of that name. Throws when there is none. */
export function routeBy({ routes }: Explained, network: string): ExplainedRoute {
  const route = routes.find((one) => one.network === network)
  if (route === undefined) throw new Error(`no route by "${network}" was explained`)
  return route
}

/** Milliseconds that a route was up before the race was over. */
export function waitOf({ upAt, endedAt }: ExplainedRoute): number {
  return Number(endedAt) - Number(upAt)
}
