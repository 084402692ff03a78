import { defaultPriority } from '../core/technologies.ts'
import type { Host, NetworkEntry, NetworkSettings, Peer, PeopledNetwork } from '../core/types.ts'

/** Where a machine is, in a technology that needs to be told nothing: by the network's name too. */
const OWN_HOSTS: ReadonlyMap<string, (network: string, machine: string) => Host> = new Map([
  ['iroh', ticketOf],
  ['command', (_network: string, machine: string): Host => ({ at: { plain: machine } })],
])

/** Settings that are named as the technology that they are for, the first one first. */
const IMPLYING = ['command', 'jump', 'http', 'socks'] as const

/** True for a technology whose peers may be without hosts: `addOwnHosts` gives them one. */
export function needsNoHost(technology: string): boolean {
  return OWN_HOSTS.has(technology)
}

/**
 * The peer, and where it has no host the one that its technology implies: iroh's ticket, the var
 * `p2p-ssh-iroh-<network>/ticket`; for a command the machine's own name.
 */
export function addOwnHosts(
  peer: Peer,
  place: { readonly technology: string; readonly network: string; readonly machine: string },
): Peer {
  const own = OWN_HOSTS.get(place.technology)
  if (peer.hosts.length > 0 || own === undefined) return peer
  return { ...peer, hosts: [own(place.network, place.machine)] }
}

/** The technology of an entry for a network that nothing else describes. */
export function technologyOf({ technology, settings }: NetworkEntry): string {
  return technology ?? impliedBy(settings) ?? 'direct'
}

/** The technology that a network with these settings is of, if nobody says otherwise; null: any. */
export function impliedBy(settings: NetworkSettings): string | null {
  return IMPLYING.find((key) => settings[key] !== undefined) ?? null
}

/** The network that an entry describes all by itself. */
export function makeNetwork(name: string, entry: NetworkEntry): PeopledNetwork {
  const technology = technologyOf(entry)
  const peers = [...entry.peers].map(
    ([machine, peer]) =>
      [machine, addOwnHosts(peer, { technology, network: name, machine })] as const,
  )
  return {
    name,
    priority: entry.priority ?? defaultPriority(technology),
    technology,
    module: technology,
    settings: entry.settings,
    peers: new Map(peers),
  }
}

function ticketOf(network: string, machine: string): Host {
  return { at: { var: { machine, generator: `p2p-ssh-iroh-${network}`, file: 'ticket' } } }
}
