import { defaultPriority } from '../core/technologies.ts'
import type { Host, NetworkEntry, NetworkSettings, Peer, PeopledNetwork } from '../core/types.ts'

/** Where a machine is, in a technology that needs to be told nothing: by the network's name too. */
const OWN_HOSTS: ReadonlyMap<string, (network: string, machine: string) => Host> = new Map([
  ['iroh', ticketOf],
  ['command', (_network: string, machine: string): Host => ({ at: { plain: machine } })],
])

/** Technologies that go through somebody: a daemon, a proxy or a program. */
const OWN_WAYS = new Set(['tor', 'iroh', 'command', 'socks', 'http'])

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
export function technologyOfEntry({ technology, settings }: NetworkEntry): string {
  return technology ?? impliedBy(settings) ?? impliedByDaemon(settings) ?? 'direct'
}

/** The technology that a network with these settings is of, if nobody says otherwise; null: any. */
export function impliedBy(settings: NetworkSettings): string | null {
  return IMPLYING.find((key) => settings[key] !== undefined) ?? null
}

/** A daemon that has a proxy, and of which nothing else is known. */
function impliedByDaemon({ daemon }: NetworkSettings): string | null {
  return daemon?.socks === undefined ? null : 'socks'
}

/**
 * The network without jump hosts of single hosts, where it goes a way of its own through somebody:
 * `ssh -W` would ask the jump host for an onion name or a ticket.
 */
export function leaveOutJumps(
  network: PeopledNetwork,
  warn: (text: string) => void,
): PeopledNetwork {
  if (!OWN_WAYS.has(network.technology)) return network
  const peers = [...network.peers].map(([machine, peer]): [string, Peer] => {
    if (!peer.hosts.some((host) => host.jump !== undefined)) return [machine, peer]
    const place = `network "${network.name}", machine "${machine}"`
    warn(`${place}: left out its jump hosts, which ${network.technology} does not go through`)
    return [machine, { ...peer, hosts: peer.hosts.map(withoutJump) }]
  })
  return { ...network, peers: new Map(peers) }
}

function withoutJump(host: Host): Host {
  if (host.jump === undefined) return host
  const { jump: _, technology, ...rest } = host
  return technology === undefined || technology === 'jump' ? rest : { ...rest, technology }
}

/** The network that an entry describes all by itself. */
export function makeNetwork(name: string, entry: NetworkEntry): PeopledNetwork {
  const technology = technologyOfEntry(entry)
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
