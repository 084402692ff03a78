import { BywayError } from '../core/errors.ts'
import type { HttpProxy, Means } from '../core/means.ts'
import { Secret } from '../core/secret.ts'
import type { Network, Technology } from '../core/types.ts'

const DEFAULT_PORTS = { 'http:': 80, 'https:': 443 }

/** An HTTP proxy that does CONNECT, over TCP or TLS: the way out of many offices. */
export function makeHttp(means: Means): Technology {
  return {
    name: 'http',
    state: async (network) => {
      const { host, port } = await proxyOf(network, means)
      return { state: 'running', detail: `proxy at ${host}:${port}, not asked` }
    },
    dial: async (route, attempt) => {
      const proxy = await proxyOf(route.network, means)
      // a TLS session cannot be passed on: the socket alone is of no use to ssh
      if (attempt.untouched && proxy.tls) return means.relayed(route, attempt)
      const host = await means.reveal(route.host.at, route.clan, attempt)
      return means.httpConnect(proxy, { host, port: route.port }, attempt)
    },
  }
}

async function proxyOf({ name, settings }: Network, means: Means): Promise<HttpProxy> {
  if (settings.http === undefined) throw badUrl(name)
  const text = await means.readSetting(settings.http)
  return parseHttpUrl(text, name)
}

/** Reads `http://` or `https://[user:password@]host[:port]`. Throws CONFIG, without the text. */
export function parseHttpUrl(text: Secret, network: string): HttpProxy {
  const url = tryUrl(text.reveal())
  if (url === null || !(url.protocol in DEFAULT_PORTS) || url.hostname === '') throw badUrl(network)
  const tls = url.protocol === 'https:'
  const port = url.port === '' ? DEFAULT_PORTS[tls ? 'https:' : 'http:'] : Number(url.port)
  const where = { host: url.hostname.replace(/^\[|\]$/g, ''), port, tls }
  if (url.username === '') return where
  const password = new Secret(decodeURIComponent(url.password))
  return { ...where, user: decodeURIComponent(url.username), password }
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function badUrl(network: string): BywayError {
  return new BywayError('CONFIG', `network "${network}": no "http" says where its proxy is`, {
    hint: `set networks.${network}.http to "http://[user:password@]host:port"`,
  })
}
