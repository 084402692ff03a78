/** `host:port`, with brackets around an IPv6 address (RFC 3986 section 3.2.2). */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Splits `host:port`, `[v6]:port` or a bare host, whose port is then null. An IPv6 address without
 * brackets is a bare host. Returns null for a port that is none.
 */
export function splitHostPort(text: string): { host: string; port: number | null } | null {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d+))?$/.exec(text)
  if (match === null) return looksLikeIpv6(text) ? { host: text, port: null } : null
  const host = match[1] ?? match[2] ?? ''
  if (match[3] === undefined) return { host, port: null }
  const port = parsePort(match[3])
  return port === null ? null : { host, port }
}

/** Shortened with `::`, or all eight groups (RFC 4291 section 2.2); which digits is not looked at. */
function looksLikeIpv6(text: string): boolean {
  return !/[[\]]/.test(text) && (text.includes('::') || text.split(':').length === 8)
}

/** A TCP port, 1 to 65535, in decimal digits; null when it is none. */
export function parsePort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65535 ? port : null
}
