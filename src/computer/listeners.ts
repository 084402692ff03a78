import { readFileSync } from 'node:fs'

/** The state of a socket that listens (linux/net/tcp_states.h). */
const LISTENING = '0A'
/** Loopback and all addresses, IPv4 and IPv6, as proc(5) writes them on either kind of computer. */
const ADDRESSES = new Set([
  '0100007F',
  '7F000001',
  '00000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
  '00000000000000000000FFFF7F000001',
])
/** Users that are people: `UID_MIN` and `UID_MAX` of login.defs(5). */
const PEOPLE = { least: 1000, most: 60_000 }

/**
 * The user, another person of this computer than us, who listens at a TCP port of loopback; null:
 * nobody, or we, root or a service do, or it is not known (no /proc). A port there belongs to
 * whoever takes it first.
 */
export function strangerAt(port: number): number | null {
  const listeners = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    parseListeners(read(path)),
  )
  const users = listeners.filter((one) => one.port === port).map(({ user }) => user)
  return users.find(isStranger) ?? null
}

/** Who listens at loopback, by the text of `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseListeners(table: string): { port: number; user: number }[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , user] = line.trim().split(/\s+/)
      const [address = '', port = ''] = local.split(':')
      if (state !== LISTENING || !ADDRESSES.has(address)) return []
      return [{ port: Number.parseInt(port, 16), user: Number(user) }]
    })
}

function isStranger(user: number): boolean {
  return user >= PEOPLE.least && user <= PEOPLE.most && user !== process.geteuid?.()
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
