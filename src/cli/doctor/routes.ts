import { type BywayError, messageOf } from '../../core/errors.ts'
import { resolveRoutes, SSH_PORT, technologyOf } from '../../core/resolve.ts'
import type { NetworkState, Route } from '../../core/types.ts'
import type { World } from '../../wiring.ts'
import { type Check, type Finding, failure, good, type Patient, someOf, warning } from './check.ts'
import { REMEDIES } from './remedies.ts'

/** Milliseconds that a network may take to say whether it runs. */
const STATE_TIMEOUT = 2000
/** Vars that are read; a clan's keys open all of them or none. */
const MOST_VARS = 200

/** Is there a way to every machine: a network that runs, and a host that can be read? */
export const routes: Check = {
  name: 'networks',
  run: async (patient) => {
    const { world } = patient
    if (world === null) return []
    const ways = listWays(world)
    const networks = await lookAll(ways, (route) => stateOf(route, world), networkKey)
    const vars = await lookAll(withVars(ways).slice(0, MOST_VARS), reader(patient), varKey)
    return [...networks.values()]
      .concat([...vars.values()])
      .map(({ finding }) => finding)
      .concat(
        findCutOff(ways, (route) => {
          const found = [networks.get(networkKey(route)), vars.get(varKey(route))]
          return found.some((one) => one?.passable === false)
        }),
      )
  },
}

/** What was found of a network or a var. */
interface Look {
  readonly finding: Finding
  /** false: no route leads through it */
  readonly passable: boolean
}

function listWays(world: World): Route[] {
  const own = world.self()?.name
  return Array.from(world.inventory.machines())
    .filter(({ name }) => name !== own)
    .flatMap((machine) => resolveRoutes(machine, { networks: [], port: SSH_PORT }))
}

function withVars(ways: readonly Route[]): Route[] {
  return ways.filter(({ host }) => 'var' in host.at)
}

/** Looks at each thing once, whatever number of routes need it. */
async function lookAll(
  ways: readonly Route[],
  look: (route: Route) => Promise<Look>,
  keyOf: (route: Route) => string,
): Promise<Map<string, Look>> {
  const first = new Map(ways.toReversed().map((route) => [keyOf(route), route]))
  const keys = [...new Set(ways.map(keyOf))]
  const looks = await Promise.all(keys.map((key) => look(first.get(key) as Route)))
  return new Map(keys.flatMap((key, i) => (looks[i] === undefined ? [] : [[key, looks[i]]])))
}

async function stateOf(route: Route, { technologies }: World): Promise<Look> {
  const { network } = route
  const name = technologyOf(route)
  const technology = technologies.get(name)
  if (technology === undefined)
    return blocked(network.name, `byway knows no "${name}"`, 'byway list')
  const mend = REMEDIES[name] ?? `byway explain ${route.machine}`
  try {
    const found = await technology.state(network, AbortSignal.timeout(STATE_TIMEOUT))
    return describeState(network.name, found, mend)
  } catch (error) {
    return blocked(network.name, messageOf(error), mend)
  }
}

function describeState(
  network: string,
  { state, detail, mend }: NetworkState,
  usual: string,
): Look {
  if (state === 'absent') return blocked(network, detail, mend ?? usual)
  const text = `${network}: ${detail}`
  return { finding: mend === undefined ? good(text) : warning(text, mend), passable: true }
}

/** Reads vars without keeping them. No program is started for it: that may ask for a touch. */
function reader({ env, signal }: Patient): (route: Route) => Promise<Look> {
  const mayStart = () => Promise.reject(new NotTried())
  return async ({ host, clan, machine }) => {
    if (!('var' in host.at)) throw new Error('no var')
    const ref = host.at.var
    const name = `var ${ref.machine}/${ref.generator}/${ref.file}`
    const { resolveVar } = await import('../../vars/resolve.ts')
    try {
      await resolveVar(clan, ref, { env, signal, tell: () => {}, mayStart })
      return { finding: good(`${name} can be read`), passable: true }
    } catch (error) {
      const mend = `byway explain ${machine}`
      if (error instanceof NotTried) {
        return { finding: warning(`${name} was not tried: ${error.message}`, mend), passable: true }
      }
      return blocked(null, messageOf(error), (error as BywayError).hint ?? mend)
    }
  }
}

class NotTried extends Error {
  override readonly message = 'it needs a program that may ask you something'
}

function blocked(name: string | null, text: string, mend: string): Look {
  return { finding: warning(name === null ? text : `${name}: ${text}`, mend), passable: false }
}

/** Machines to which no route is left. */
function findCutOff(ways: readonly Route[], isBlocked: (route: Route) => boolean): Finding[] {
  const open = new Set(ways.filter((route) => !isBlocked(route)).map(({ machine }) => machine))
  const all = [...new Set(ways.map(({ machine }) => machine))]
  const cut = all.filter((machine) => !open.has(machine))
  if (cut.length === 0) return []
  return [failure(`no way leads to ${someOf(cut)} from here`, `byway explain ${cut[0]}`)]
}

function networkKey(route: Route): string {
  return `${route.network.source} ${route.network.name} ${technologyOf(route)}`
}

function varKey({ host, clan }: Route): string {
  return 'var' in host.at ? JSON.stringify([clan, host.at.var]) : ''
}
