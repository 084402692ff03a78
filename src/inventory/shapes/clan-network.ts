import { isName } from '../../core/names.ts'
import type { Peer, PeopledNetwork } from '../../core/types.ts'
import { type Path, quote } from '../findings.ts'
import { addOwnHosts } from '../network.ts'
import type { Reading } from '../reading.ts'
import { type Fields, isObject, NAME_RULE } from '../schema.ts'
import { type Member, readClanPeer } from './clan-peer.ts'
import { joinPeers } from './joined-peer.ts'
import { findService, type ServiceFindings } from './services.ts'

/** All that Clan's exports say of one instance of a service. */
export interface Instance {
  readonly name: string
  /** `clan-core/tor`; null: this shape does not say */
  readonly service: string | null
  /** where it is first spoken of */
  readonly path: Path
  /** `{module, priority}` */
  readonly networking: Fields
  /** true: it is a network even if nobody is in it */
  readonly stated: boolean
  readonly members: readonly Member[]
}

/**
 * The network that an instance makes; null: it makes none. What cannot be read is left out with a
 * warning.
 */
export function readInstance(instance: Instance, reading: Reading): PeopledNetwork | null {
  const { name, path } = instance
  if (!isAcceptable(name, path, reading)) return null
  const read = readMembers(instance.members, reading)
  const module = instance.networking['module']
  const found = findService({
    service: instance.service,
    module: typeof module === 'string' && module !== '' ? module : null,
    generators: read.flatMap(([, peer]) => listGenerators(peer)),
  })
  const peers = gather(read, { technology: found.technology, network: name })
  if (peers.size === 0 && !instance.stated) return null
  if (found.warning !== null) reading.warn(path, found.warning)
  return {
    name,
    priority: readPriority(instance, found, reading),
    technology: found.technology,
    module: found.module,
    settings: {},
    peers,
  }
}

/** The members that a map from machine to peer lists; anything but a map makes a warning. */
export function listMembers(peers: unknown, path: Path, reading: Reading): Member[] {
  if (peers === undefined || peers === null) return []
  if (!isObject(peers)) {
    reading.warn(path, 'left out: expected an object with a peer for each machine')
    return []
  }
  return Object.entries(peers).flatMap(([machine, value]) =>
    value === null ? [] : [{ machine, path: [...path, machine], value }],
  )
}

function readMembers(members: readonly Member[], reading: Reading): (readonly [string, Peer])[] {
  return members.flatMap((member) => {
    if (!isAcceptable(member.machine, member.path, reading)) return []
    const peer = readClanPeer(member, reading)
    return peer === null ? [] : [[member.machine, peer] as const]
  })
}

function isAcceptable(name: string, path: Path, reading: Reading): boolean {
  if (isName(name)) return true
  reading.warn(path, `left out: found the name ${quote(name)}, expected ${NAME_RULE}`)
  return false
}

/** Peers by machine: those of several roles add up, those without a host are none. */
function gather(
  read: readonly (readonly [string, Peer])[],
  place: { readonly technology: string; readonly network: string },
): Map<string, Peer> {
  const peers = new Map<string, Peer>()
  for (const [machine, bare] of read) {
    const peer = addOwnHosts(bare, { ...place, machine })
    const known = peers.get(machine)
    if (peer.hosts.length > 0) peers.set(machine, known ? joinPeers(known, peer) : peer)
  }
  return peers
}

function listGenerators(peer: Peer): string[] {
  return peer.hosts.flatMap(({ at }) => ('var' in at ? [at.var.generator] : []))
}

function readPriority(
  { networking, path }: Instance,
  found: ServiceFindings,
  reading: Reading,
): number {
  const given = networking['priority']
  if (typeof given === 'number' && Number.isFinite(given)) return given
  if (given !== undefined && given !== null) {
    reading.warn(path, `found no number as its priority, taken as ${found.priority}`)
  }
  return found.priority
}
