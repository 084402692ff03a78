import { messageOf } from './core/errors.ts'
import type { Network, NetworkState, Technology } from './core/types.ts'

/** Milliseconds that a network may take to say whether it runs. */
const TIMEOUT = 1000

/** Whether a network runs on this computer; `error` where that cannot be said. */
export type AskedState = NetworkState | { readonly state: 'error'; readonly detail: string }

/** Asks a technology, by its name, about a network: bounded, and never throws. */
export async function askState(
  network: Network,
  name: string,
  technologies: ReadonlyMap<string, Technology>,
): Promise<AskedState> {
  const technology = technologies.get(name)
  if (technology === undefined) {
    return { state: 'error', detail: `this byway cannot dial "${name}"` }
  }
  try {
    return await technology.state(network, AbortSignal.timeout(TIMEOUT))
  } catch (error) {
    return { state: 'error', detail: messageOf(error) }
  }
}
