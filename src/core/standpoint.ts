import { technologyOf } from './resolve.ts'
import type { Machine, Route } from './types.ts'

/** Technologies by which only members reach each other. */
const OVERLAYS = new Set(['wireguard', 'zerotier', 'mycelium', 'yggdrasil', 'tailscale', 'tinc'])

/**
 * Why a route is left out on this computer; null: it is not. `self` is the machine of the
 * inventory that this computer is; null: none of them, and then no membership is known.
 */
export function reasonToLeaveOut(route: Route, self: Machine | null): string | null {
  if (self === null) return null
  if (route.machine === self.name) return 'this computer is that machine'
  if (!OVERLAYS.has(technologyOf(route))) return null
  if (self.memberships.some(({ network }) => network.name === route.network.name)) return null
  return `this computer ("${self.name}") has no part in this network`
}
