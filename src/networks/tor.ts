import { BywayError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Means, Network, SocksProxy, Technology } from '../core/types.ts'
import { describeProxy, parseSocksUrl } from './socks-url.ts'

/** Where a tor that somebody runs is found: the daemon's port, then the Tor Browser's. */
const USUAL_PORTS = [9050, 9150]

/** Tor: onion services, and any other host through an exit, by a tor's SOCKS port. */
export function makeTor(means: Means): Technology {
  return {
    name: 'tor',
    state: async (network, signal) => {
      const proxies = await proxiesOf(network, means)
      const proxy = await firstSpeaking(proxies, means, signal)
      if (proxy !== null) return { state: 'running', detail: `tor at ${describeProxy(proxy)}` }
      return { state: 'absent', detail: `no tor: ${list(proxies)} does not speak SOCKS5` }
    },
    dial: async (route, attempt) => {
      attempt.stage('state')
      const proxies = await proxiesOf(route.network, means)
      const proxy = await firstSpeaking(proxies, means, attempt.signal)
      if (proxy === null) throw noTor(proxies)
      const host = await means.reveal(route, attempt)
      return means.socks(isolate(proxy, route.machine), { host, port: route.port }, attempt)
    },
  }
}

async function proxiesOf(network: Network, means: Means): Promise<SocksProxy[]> {
  const { socks } = network.settings
  if (socks !== undefined) return [parseSocksUrl(await means.readSetting(socks), network.name)]
  return USUAL_PORTS.map((port) => ({ at: { host: '127.0.0.1', port } }))
}

/** Asks all at once; the first in order that speaks SOCKS5 counts. */
async function firstSpeaking(
  proxies: readonly SocksProxy[],
  means: Means,
  signal: AbortSignal,
): Promise<SocksProxy | null> {
  const answers = proxies.map((proxy) => means.speaksSocks(proxy, signal))
  for (const [i, answer] of answers.entries()) {
    if (await answer) return proxies[i] ?? null
  }
  return null
}

/** Different SOCKS users get different circuits (torrc, IsolateSOCKSAuth): no machine shares one. */
function isolate(proxy: SocksProxy, machine: string): SocksProxy {
  return { user: `byway-${machine}`, password: new Secret('byway'), ...proxy }
}

function noTor(proxies: readonly SocksProxy[]): BywayError {
  return new BywayError('UNAVAILABLE', `no tor is running (${list(proxies)} does not speak SOCKS5)`, {
    hint: 'start tor, or say where it is with networks.<name>.socks',
  })
}

function list(proxies: readonly SocksProxy[]): string {
  return proxies.map(describeProxy).join(', ')
}
