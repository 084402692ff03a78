import type { Config } from '../core/config.ts'
import { nearest } from '../core/nearest.ts'
import type { Inventory, NetworkEntry, PeopledNetwork } from '../core/types.ts'
import { quote } from './findings.ts'
import { addOwnHosts, impliedBy, leaveOutJumps, makeNetwork } from './network.ts'

/**
 * The inventory as the configuration has it: its networks overridden, left out or joined by those
 * of the configuration's own; sorted by priority, highest first, equal ones in their order. An
 * entry for a network that is nowhere makes a warning.
 */
export function applyConfig(inventory: Inventory, config: Config): Inventory {
  const known = new Set(inventory.networks.map((network) => network.name))
  const overridden = inventory.networks.flatMap((network) => {
    const entry = config.networks.get(network.name)
    if (entry === undefined) return [network]
    return entry.enabled === false ? [] : [override(network, entry)]
  })
  const fresh = [...config.networks].filter(
    ([name, entry]) => !known.has(name) && entry.enabled !== false,
  )
  const added = fresh.filter(([, entry]) => entry.peers.size > 0)
  const idle = fresh.filter(([, entry]) => entry.peers.size === 0)
  const warnings = [...inventory.warnings, ...idle.map(([name]) => warnOfIdle(name, known))]
  const networks = [...overridden, ...added.map(([name, entry]) => makeNetwork(name, entry))]
    .map((network) => leaveOutJumps(network, (text) => warnings.push(text)))
    .sort((a, b) => b.priority - a.priority)
  return { domain: inventory.domain, networks, warnings }
}

function override(network: PeopledNetwork, entry: NetworkEntry): PeopledNetwork {
  const technology = technologyAfter(network, entry)
  const peers = new Map(network.peers)
  for (const [machine, peer] of entry.peers) {
    peers.set(machine, addOwnHosts(peer, { technology, network: network.name, machine }))
  }
  return {
    ...network,
    priority: entry.priority ?? network.priority,
    technology,
    module: technology === network.technology ? network.module : technology,
    settings: { ...network.settings, ...entry.settings },
    ...(entry.settings.socks === undefined ? {} : { ownSocks: true }),
    peers,
  }
}

/** What a proxy, a jump host or a program is set for is not dialled directly any more. */
function technologyAfter({ technology }: PeopledNetwork, entry: NetworkEntry): string {
  if (entry.technology !== undefined) return entry.technology
  return technology === 'direct' ? (impliedBy(entry.settings) ?? technology) : technology
}

function warnOfIdle(name: string, known: Iterable<string>): string {
  const near = nearest(name, known)[0]
  const meant = near === undefined ? '' : `; the inventory has ${quote(near)}`
  return `the configuration's network ${quote(name)} is not in the inventory and has no peers${meant}`
}
