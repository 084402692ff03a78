import { BywayError } from '../core/errors.ts'
import { joinHostPort, splitHostPort } from '../core/host-port.ts'
import type { SocksProxy } from '../core/means.ts'
import { Secret } from '../core/secret.ts'

/** IANA's port for SOCKS. */
const DEFAULT_PORT = 1080

/**
 * Reads where a SOCKS5 proxy is: `host`, `host:port`, `socks5://…` or `socks5h://…` with
 * `user:password@` (percent-encoded) before the host, `unix:/path`. Throws CONFIG, without the
 * text, which may hold a password.
 */
export function parseSocksUrl(text: Secret, network: string): SocksProxy {
  const url = text.reveal().trim()
  if (url.startsWith('unix:/')) return { at: { path: url.slice('unix:'.length) } }
  const match = /^(?:socks5h?:\/\/)?(?:([^/]*)@)?([^/@]+)\/?$/.exec(url)
  const at = splitHostPort(match?.[2] ?? '')
  if (at === null || at.host === '') throw badUrl(network)
  const where = { host: at.host, port: at.port ?? DEFAULT_PORT }
  return { at: where, ...parseUser(match?.[1], network) }
}

/** Where the proxy listens, for people: never with user and password. */
export function describeProxy({ at }: SocksProxy): string {
  return 'path' in at ? at.path : joinHostPort(at.host, at.port)
}

function parseUser(
  text: string | undefined,
  network: string,
): Pick<SocksProxy, 'user' | 'password'> {
  if (text === undefined) return {}
  const [user = '', ...password] = text.split(':')
  try {
    const decoded = decodeURIComponent(password.join(':'))
    return { user: decodeURIComponent(user), password: new Secret(decoded) }
  } catch {
    throw badUrl(network)
  }
}

function badUrl(network: string): BywayError {
  return new BywayError('CONFIG', `network "${network}": its "socks" is no address of a proxy`, {
    hint: 'write "host:port", "socks5h://user:password@host:port" or "unix:/path"',
  })
}
