import type { Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'

/** The internet, or any network that the computer's own routes lead into: TCP, nothing else. */
export function makeDirect(means: Means): Technology {
  return {
    name: 'direct',
    state: async () => ({ state: 'running', detail: 'this computer is on a network' }),
    dial: async (route, attempt) => {
      const host = await means.reveal(route.host.at, route.clan, attempt)
      return means.tcp({ host, port: route.port }, attempt)
    },
  }
}
