import { EXIT_STATUS } from '../core/errors.ts'
import type { Network } from '../core/types.ts'
import { type AskedState, askState } from '../network-state.ts'
import type { World } from '../wiring.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { json } from './ui/output.ts'
import { table } from './ui/table.ts'

/** Peers that the table names before it only counts. */
const NAMED_PEERS = 3

interface Line {
  readonly network: Network
  readonly state: AskedState['state']
  readonly detail: string
  readonly peers: readonly string[]
}

/** `byway list`: the networks, as `clan network list` shows them. */
export const listCommand: Command = {
  name: 'list',
  usage: '',
  describe: 'the networks, and which of them run here',
  flags: JSON_FLAG,
  examples: [
    ['list', 'a table, highest priority first'],
    ['list --json', 'the same for programs'],
  ],
  run: async ({ flags }, context) => {
    const world = await context.world()
    const members = membersOf(world)
    const lines = await Promise.all(
      world.inventory.header.networks.map((network) => look(network, members, world)),
    )
    await context.print(
      flags['json'] === true ? json({ networks: lines.map(toJson) }) : show(lines),
    )
    return EXIT_STATUS.OK
  },
}

/** Two sources may have a network of the same name each. */
function membersOf({ inventory }: World): Map<Network, string[]> {
  const members = new Map<Network, string[]>()
  for (const { name, memberships } of inventory.machines()) {
    for (const { network } of memberships) {
      const names = members.get(network)
      if (names === undefined) members.set(network, [name])
      else names.push(name)
    }
  }
  return members
}

async function look(
  network: Network,
  members: ReadonlyMap<Network, string[]>,
  { technologies }: World,
): Promise<Line> {
  const found = await askState(network, network.technology, technologies)
  return { network, ...found, peers: members.get(network) ?? [] }
}

function show(lines: readonly Line[]): string {
  const words = { running: 'Yes', startable: 'No', absent: 'No', error: 'Error' }
  const rows = lines.map(({ network, state, peers }) => [
    network.name,
    String(network.priority),
    network.module.split('.').at(-1) ?? '',
    words[state],
    shorten(peers),
  ])
  return table(['Network', 'Priority', 'Module', 'Running', 'Peers'], rows)
}

function shorten(peers: readonly string[]): string {
  const named = peers.slice(0, NAMED_PEERS).join(', ')
  const rest = peers.length - NAMED_PEERS
  return rest > 0 ? `${named}, ...(${rest} more)` : named
}

function toJson({ network, state, detail, peers }: Line) {
  const { name, priority, technology, module } = network
  return { name, priority, technology, module, state, detail, peers }
}
