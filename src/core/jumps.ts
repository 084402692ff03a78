import { splitHostPort } from './host-port.ts'
import { technologyOf } from './resolve.ts'
import type { Machine, Route } from './types.ts'

/** One jump host: a machine of the inventory, or a host of its own. */
export interface Hop {
  /** null: nobody says */
  readonly user: string | null
  readonly host: string
  /** TCP port; null: nobody says */
  readonly port: number | null
}

/** The jump hosts of a route, the first one first; null: it has none. */
export function jumpsOf({ host, network }: Pick<Route, 'host' | 'network'>): Hop[] | null {
  const words = host.jump ?? network.settings.jump?.split(',') ?? []
  const hops = words.map(readHop).filter((hop) => hop !== null)
  return hops.length === 0 || hops.length < words.length ? null : hops
}

/** Reads `[user@]host[:port]`, with or without `ssh://` before it; null: it is something else. */
export function readHop(text: string): Hop | null {
  const word = text.trim().replace(/^ssh:\/\/(.*?)\/?$/i, '$1')
  const at = word.lastIndexOf('@')
  const place = splitHostPort(word.slice(at + 1))
  if (place === null || place.host === '' || at === 0) return null
  return { user: at > 0 ? word.slice(0, at) : null, host: place.host, port: place.port }
}

/**
 * The circle that a connection is in when it goes on through `jump`, as names of machines; null:
 * it can get there, as far as one can see. `via` are the machines that it comes from, in order.
 */
export function findCircle(
  jump: Machine,
  via: readonly string[],
  find: (name: string) => Machine | null,
): readonly string[] | null {
  const seen = new Set(via)
  let circle: string[] | null = null
  const leadsOut = (machine: Machine, path: readonly string[]): boolean => {
    const names = [...path, machine.name]
    if (seen.has(machine.name)) circle ??= names
    if (seen.has(machine.name)) return false
    seen.add(machine.name)
    return firstHopsOf(machine).some((hop) => {
      const next = hop === null ? null : find(hop.host)
      return next === null || leadsOut(next, names)
    })
  }
  return leadsOut(jump, via) ? null : circle
}

/** By host: null where it is reached without a jump. */
function firstHopsOf({ memberships }: Machine): (Hop | null)[] {
  return memberships.flatMap(({ network, peer }) =>
    peer.hosts.map((host) => {
      if (technologyOf({ host, network }) !== 'jump') return null
      return jumpsOf({ host, network })?.[0] ?? null
    }),
  )
}
