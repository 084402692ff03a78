import { BywayError } from '../core/errors.ts'
import type { Means, NetworkDaemon, SocksProxy } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import type { Attempt, Network, NetworkState, Technology } from '../core/types.ts'
import { dialOnDemand } from './on-demand.ts'
import { DIAL_LIMIT, within } from './overlay.ts'
import { describeProxy, parseSocksUrl } from './socks-url.ts'

const NOWHERE: NetworkState = { state: 'absent', detail: 'it has no proxy' }

/** Any SOCKS5 proxy, which resolves the names: a jump into an office, an `ssh -D`, a VPN's port. */
export function makeSocks(means: Means): Technology {
  return {
    name: 'socks',
    state: async (network, signal) => {
      const daemon = await means.networkDaemon(network)
      const proxy = await proxyOf(network, daemon, means)
      const speaks = proxy !== null && (await means.speaksSocks(proxy, signal))
      if (proxy === null || (!speaks && daemon !== null)) return daemon?.state() ?? NOWHERE
      const detail = `${describeProxy(proxy)} ${speaks ? 'speaks' : 'does not speak'} SOCKS5`
      return { state: speaks ? 'running' : 'absent', detail }
    },
    dial: async (route, attempt) => {
      const daemon = await means.networkDaemon(route.network)
      const proxy = await proxyOf(route.network, daemon, means)
      if (daemon !== null && !(await speaks(proxy, means, attempt))) {
        return dialOnDemand(daemon, route, { means, attempt })
      }
      if (proxy === null) throw noProxy(route.network)
      const host = await revealHost(route, means, attempt)
      return means.socks(proxy, { host, port: route.port }, attempt)
    },
  }
}

/** Null: a daemon that byway starts has one that nobody else knows. */
async function proxyOf(
  network: Network,
  daemon: NetworkDaemon | null,
  means: Means,
): Promise<SocksProxy | null> {
  const { socks } = network.settings
  if (socks !== undefined) return parseSocksUrl(await means.readSetting(socks), network.name)
  if (daemon !== null) return null
  throw noProxy(network)
}

/** Somebody else may run what byway could start. */
function speaks(proxy: SocksProxy | null, means: Means, { signal }: Attempt): Promise<boolean> {
  if (proxy === null) return Promise.resolve(false)
  return means.speaksSocks(proxy, within(DIAL_LIMIT, signal))
}

function noProxy({ name }: Network): BywayError {
  return new BywayError('CONFIG', `network "${name}": no "socks" says where its proxy is`, {
    hint: `set networks.${name}.socks to "host:port"`,
  })
}
