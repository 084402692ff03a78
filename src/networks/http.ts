import { BywayError } from '../core/errors.ts'
import { joinHostPort } from '../core/host-port.ts'
import type { HttpProxy, Means } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import { Secret } from '../core/secret.ts'
import type { Network, Technology } from '../core/types.ts'

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** An HTTP proxy that does CONNECT, over TCP or TLS: the way out of many offices. */
export function makeHttp(means: Means): Technology {
  return {
    name: 'http',
    state: async (network) => {
      const { host, port } = await proxyOf(network, means)
      return { state: 'running', detail: `proxy at ${joinHostPort(host, port)}, not asked` }
    },
    dial: async (route, attempt) => {
      const proxy = await proxyOf(route.network, means)
      // a TLS session cannot be passed on: the socket alone is of no use to ssh
      if (attempt.untouched && proxy.tls) return means.relayed(route, attempt)
      const host = await revealHost(route, means, attempt)
      return means.httpConnect(proxy, { host, port: route.port }, attempt)
    },
  }
}

async function proxyOf({ name, settings }: Network, means: Means): Promise<HttpProxy> {
  if (settings.http !== undefined) return parseHttpUrl(await means.readSetting(settings.http), name)
  throw new BywayError('CONFIG', `network "${name}": no "http" says where its proxy is`, {
    hint: `set networks.${name}.http to "http://host:port"`,
  })
}

/**
 * Reads `http://` or `https://[user:password@]host[:port]`, user and password percent-encoded.
 * Throws CONFIG, without the text, which may hold a password.
 */
export function parseHttpUrl(text: Secret, network: string): HttpProxy {
  try {
    const url = new URL(text.reveal())
    const standard = DEFAULT_PORTS[url.protocol]
    if (standard === undefined || url.hostname === '') throw badUrl(network)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = url.port === '' ? standard : Number(url.port)
    const where = { host, port, tls: url.protocol === 'https:' }
    if (url.username === '') return where
    const password = new Secret(decodeURIComponent(url.password))
    return { ...where, user: decodeURIComponent(url.username), password }
  } catch {
    throw badUrl(network)
  }
}

function badUrl(network: string): BywayError {
  return new BywayError('CONFIG', `network "${network}": its "http" is no address of a proxy`, {
    hint: 'write "http://host:port" or "https://user:password@host:port"',
  })
}
