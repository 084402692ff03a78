import { isDeepStrictEqual } from 'node:util'
import type { Host, Peer } from '../../core/types.ts'

/** The SSH port of a peer that names none. */
const SSH_PORT = 22

/**
 * One peer of two, for a machine with two roles in a network: hosts and options of both, each
 * once. Where port or user differ, the hosts say which is theirs.
 */
export function joinPeers(one: Peer, other: Peer): Peer {
  const port = one.port ?? other.port
  const user = one.user ?? other.user
  const hosts: Host[] = []
  for (const peer of [one, other]) {
    for (const host of peer.hosts) {
      const own = keepOwn(host, peer, { port, user })
      if (!hosts.some((known) => isDeepStrictEqual(known, own))) hosts.push(own)
    }
  }
  return { hosts, port, user, sshOptions: joinOptions(one.sshOptions, other.sshOptions) }
}

/** The host, with what its own peer said of port and user where the joined peer says otherwise. */
function keepOwn(host: Host, peer: Peer, joined: Pick<Peer, 'port' | 'user'>): Host {
  const port = peer.port ?? SSH_PORT
  const movesPort = host.port === undefined && port !== (joined.port ?? SSH_PORT)
  const movesUser = host.user === undefined && peer.user !== null && peer.user !== joined.user
  return {
    ...host,
    ...(movesPort ? { port } : {}),
    ...(movesUser && peer.user !== null ? { user: peer.user } : {}),
  }
}

/** Options are runs of words: a second run is left out only where it is the first again. */
function joinOptions(one: readonly string[], other: readonly string[]): readonly string[] {
  return isDeepStrictEqual(one, other) ? one : [...one, ...other]
}
