import type { Means } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import type { Technology } from '../core/types.ts'
import { dialOnDemand } from './on-demand.ts'

/**
 * The internet, or any network that the computer's own routes lead into: TCP, nothing else. With a
 * daemon that byway starts, what that one leads into.
 */
export function makeDirect(means: Means): Technology {
  return {
    name: 'direct',
    state: async (network) => {
      const daemon = await means.networkDaemon(network)
      return daemon?.state() ?? { state: 'running', detail: 'this computer is on a network' }
    },
    dial: async (route, attempt) => {
      const daemon = await means.networkDaemon(route.network)
      if (daemon !== null) return dialOnDemand(daemon, route, { means, attempt })
      const host = await revealHost(route, means, attempt)
      return means.tcp({ host, port: route.port }, attempt)
    },
  }
}
