import type { Config } from '../core/config.ts'
import type { Inventory, PeopledNetwork } from '../core/types.ts'
import { applyConfig } from './merge.ts'

/**
 * What several sources say as one inventory, in which each network knows its source, and as the
 * configuration has it: an entry overrides that network in every source; a network that only the
 * configuration has is there once. The domain is the first source's.
 */
export function joinInventories(inventories: readonly Inventory[], config: Config): Inventory {
  const networks = inventories.flatMap((inventory, source) =>
    inventory.networks.map((network) => ({ ...network, source })),
  )
  const warnings = inventories.flatMap((inventory) => inventory.warnings)
  const whole = { domain: inventories[0]?.domain ?? null, networks, warnings }
  const applied = applyConfig(whole, config)
  const owners = findOwners(networks)
  const firsts = new Map(networks.toReversed().map(({ name, source }) => [name, [source]]))
  const isOwn = (machine: string, { name, source }: PeopledNetwork) =>
    source === undefined || (owners.get(machine) ?? firsts.get(name))?.includes(source) === true
  return { ...applied, networks: applied.networks.map((network) => keepPeers(network, isOwn)) }
}

/** By machine: the sources that have it, in order. Networks of no source do not count. */
export function findOwners(networks: readonly PeopledNetwork[]): Map<string, number[]> {
  const owners = new Map<string, number[]>()
  for (const { source, peers } of networks) {
    if (source === undefined) continue
    for (const machine of peers.keys()) {
      const known = owners.get(machine) ?? []
      if (!known.includes(source))
        owners.set(
          machine,
          [...known, source].sort((a, b) => a - b),
        )
    }
  }
  return owners
}

/**
 * The network without the peers that the configuration added to it in a source which does not have
 * the machine, though another one has; a machine that no source has is in the first one.
 */
function keepPeers(
  network: PeopledNetwork,
  isOwn: (machine: string, network: PeopledNetwork) => boolean,
): PeopledNetwork {
  const kept = [...network.peers].filter(([machine]) => isOwn(machine, network))
  return kept.length === network.peers.size ? network : { ...network, peers: new Map(kept) }
}
