import type { Means } from './means.ts'
import { requireNoOnion } from './onion.ts'
import { technologyOf } from './resolve.ts'
import type { Secret } from './secret.ts'
import type { Attempt, Route } from './types.ts'

/**
 * A route's host, read from where it is, as what dials the route may be told it: tor alone gets an
 * onion name. Throws what `Means.reveal` throws, and UNAVAILABLE without the name.
 */
export async function revealHost(
  route: Route,
  means: Pick<Means, 'reveal'>,
  attempt: Attempt,
): Promise<Secret> {
  const host = await means.reveal(route.host.at, route.clan, attempt)
  if (technologyOf(route) !== 'tor') requireNoOnion(host)
  return host
}
