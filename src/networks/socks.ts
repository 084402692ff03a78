import { BywayError } from '../core/errors.ts'
import type { Means, SocksProxy } from '../core/means.ts'
import type { Network, Technology } from '../core/types.ts'
import { describeProxy, parseSocksUrl } from './socks-url.ts'

/** Any SOCKS5 proxy, which resolves the names: a jump into an office, an `ssh -D`, a VPN's port. */
export function makeSocks(means: Means): Technology {
  return {
    name: 'socks',
    state: async (network, signal) => {
      const proxy = await proxyOf(network, means)
      const speaks = await means.speaksSocks(proxy, signal)
      const detail = `${describeProxy(proxy)} ${speaks ? 'speaks' : 'does not speak'} SOCKS5`
      return { state: speaks ? 'running' : 'absent', detail }
    },
    dial: async (route, attempt) => {
      const proxy = await proxyOf(route.network, means)
      const host = await means.reveal(route.host.at, route.clan, attempt)
      return means.socks(proxy, { host, port: route.port }, attempt)
    },
  }
}

async function proxyOf(network: Network, means: Means): Promise<SocksProxy> {
  const { socks } = network.settings
  if (socks !== undefined) return parseSocksUrl(await means.readSetting(socks), network.name)
  throw new BywayError('CONFIG', `network "${network.name}": no "socks" says where its proxy is`, {
    hint: `set networks.${network.name}.socks to "host:port"`,
  })
}
