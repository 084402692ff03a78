import type { Connection } from '../core/connection.ts'
import { proxyAt } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import type { Means, NetworkDaemon } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import type { Attempt, Route } from '../core/types.ts'

/** What dials, and for whom. */
interface Dial {
  readonly means: Means
  readonly attempt: Attempt
}

/** Dials a route through a daemon of byway's own, started where it does not run. Throws UNAVAILABLE. */
export async function dialOnDemand(
  daemon: NetworkDaemon,
  route: Route,
  { means, attempt }: Dial,
): Promise<Connection> {
  const { state, detail } = await daemon.state()
  attempt.stage('start', `${state}: ${detail}`)
  const way = await daemon.lease(attempt, route.clan)
  const host = await revealHost(route, means, attempt)
  const target = { host, port: route.port }
  if ('inside' in way) return means.inside(way.inside, target, attempt)
  if ('socks' in way) return means.socks(proxyAt(way.socks), target, attempt)
  const text = `${route.network.technology}: its daemon gives no streams to others`
  throw new BywayError('UNAVAILABLE', text)
}
