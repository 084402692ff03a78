import type { Machine, Membership, Network } from '../core/types.ts'
import type { OpenedInventory } from './open.ts'

/** Names of what was added, is gone, or is another than before. */
export interface Difference {
  readonly added: readonly string[]
  readonly gone: readonly string[]
  readonly moved: readonly string[]
}

/** How an inventory differs from an earlier one. */
export interface Changes {
  /** moved: with other memberships, or other hosts in them */
  readonly machines: Difference
  /** moved: with another priority, technology or setting; what its peers are does not count */
  readonly networks: Difference
}

/** What changed between two inventories; null stands for one of nothing. */
export function compareInventories(
  before: OpenedInventory | null,
  after: OpenedInventory,
): Changes {
  return {
    machines: compare(machinesOf(before), machinesOf(after)),
    networks: compare(networksOf(before), networksOf(after)),
  }
}

function compare(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Difference {
  const kept = [...after.keys()].filter((name) => before.has(name))
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    gone: [...before.keys()].filter((name) => !after.has(name)),
    moved: kept.filter((name) => before.get(name) !== after.get(name)),
  }
}

function machinesOf(inventory: OpenedInventory | null): Map<string, string> {
  const machines: Machine[] = inventory === null ? [] : [...inventory.machines()]
  return new Map(
    machines.map(({ name, memberships }) => [name, write(memberships.map(describeMembership))]),
  )
}

function describeMembership({ network, peer }: Membership) {
  return [network.name, peer]
}

/** Networks of one name in several sources count as one. */
function networksOf(inventory: OpenedInventory | null): Map<string, string> {
  const networks = new Map<string, string>()
  for (const { name, ...network } of inventory?.header.networks ?? []) {
    networks.set(name, `${networks.get(name) ?? ''}${write(describeNetwork(network))}`)
  }
  return networks
}

function describeNetwork({ priority, technology, module, settings }: Omit<Network, 'name'>) {
  return [priority, technology, module, settings]
}

/** As text that can be compared. Where in its source a secret stands is no part of what it is. */
function write(value: unknown): string {
  return JSON.stringify(value, (key, member) => (key === 'excerpt' ? 'secret' : member))
}
