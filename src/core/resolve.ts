import { BywayError } from './errors.ts'
import { nearest } from './nearest.ts'
import { findTechnology } from './technologies.ts'
import type { Machine, Membership, Network, Route } from './types.ts'

/** IANA's port for SSH; as a port asked for, it means "the machine's own". */
export const SSH_PORT = 22

/** What the person asked for besides the machine's name. */
export interface Wish {
  /** only these networks; empty: any */
  readonly networks: readonly string[]
  /**
   * TCP port. 22 is what ssh passes when nobody chose one, and gives way to the inventory's; so does
   * one that the inventory gives the machine in any network, as ssh's own configuration may have it.
   */
  readonly port: number
}

/**
 * All routes to a machine, highest priority first, hosts of one peer in the inventory's order.
 * Throws NOHOST when the wish names a network in which the machine is not.
 */
export function resolveRoutes(machine: Machine, wish: Wish): Route[] {
  for (const name of wish.networks) requireMembership(machine, name)
  const port = portsOf(machine).includes(wish.port) ? SSH_PORT : wish.port
  return machine.memberships
    .filter(({ network }) => wish.networks.length === 0 || wish.networks.includes(network.name))
    .flatMap((membership) => routesThrough(membership, machine, port))
}

/** The technology that dials this route: a host may decide it (`.onion`), else the network. */
export function technologyOf({ host, network }: Pick<Route, 'host' | 'network'>): string {
  return host.technology ?? network.technology
}

/**
 * Seconds from the beginning of the race in which a route must be up: what the network's settings
 * say, else what its technology is known to need, else `general`.
 */
export function timeoutOf(route: Route, general: number): number {
  return route.network.settings.timeout ?? findTechnology(technologyOf(route))?.timeout ?? general
}

/** The user that the network of highest priority names; null when none does. */
export function userOf({ memberships }: Machine): string | null {
  const users = memberships.flatMap(({ peer }) => [
    peer.user,
    ...peer.hosts.map(({ user }) => user),
  ])
  return users.find((user) => typeof user === 'string') ?? null
}

function portsOf({ memberships }: Machine): (number | null | undefined)[] {
  return memberships.flatMap(({ peer }) => [peer.port, ...peer.hosts.map(({ port }) => port)])
}

function routesThrough({ network, peer }: Membership, machine: Machine, wished: number): Route[] {
  return peer.hosts.map((host) => {
    const user = host.user ?? peer.user
    return {
      machine: machine.name,
      network,
      host,
      port: wished === SSH_PORT ? (host.port ?? peer.port ?? SSH_PORT) : wished,
      ...(user === null ? {} : { user }),
      clan: machine.clan,
    }
  })
}

function requireMembership(machine: Machine, name: string): void {
  const names = machine.memberships.map(({ network }: { network: Network }) => network.name)
  if (names.includes(name)) return
  const [near] = nearest(name, names)
  const meant = near === undefined ? '' : `did you mean ${near}? `
  throw new BywayError('NOHOST', `machine "${machine.name}" is not in network "${name}"`, {
    hint: names.length === 0 ? 'it is in none' : `${meant}its networks: ${names.join(', ')}`,
  })
}
