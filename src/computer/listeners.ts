import { readFileSync } from 'node:fs'

/** The state of a socket that listens (linux/net/tcp_states.h). */
const LISTENING = '0A'
const LOOPBACK = [
  '0100007F',
  '7F000001',
  '0000000000000000FFFF00000100007F',
  '00000000000000000000FFFF7F000001',
]
/** Loopback and all addresses, IPv4 and IPv6, as proc(5) writes them on either kind of computer. */
const ADDRESSES = new Set([...LOOPBACK, '00000000', '00000000000000000000000000000000'])
/**
 * Users from here on may be people: those of login.defs(5), of systemd-homed, of a domain, and what
 * is theirs in containers. Those below are services, and root.
 */
const PEOPLE = 1000
/** How often the tables are looked at for a socket that has to be there. */
const LOOKS = 3

/** A socket of this computer's, as proc(5) has it. */
interface ListedSocket {
  readonly address: string
  readonly remotePort: number
  readonly state: string
  readonly user: number
  /** 0: no process has it */
  readonly inode: number
}

/**
 * The user, another person of this computer than us, who listens at a TCP port of loopback; null:
 * nobody, or we, root or a service do, or it is not known (no /proc). A port there belongs to
 * whoever takes it first.
 */
export function strangerAt(port: number): number | null {
  return parseListeners(readTables(), port).find(isStranger) ?? null
}

/**
 * The same of who has taken a connection to such a port, once something has come from there:
 * whoever listens now need not be who did then. `nobody` where that is not to be seen, though the
 * computer has such tables.
 */
export function strangerBehind(connection: Ports): number | 'nobody' | null {
  let found: ReturnType<typeof findStranger> = null
  // a table that changes while it is read may lack a row
  for (let look = 0; look < LOOKS; look++) {
    const tables = readTables()
    if (tables === '') return null
    found = findStranger(tables, connection)
    if (found !== 'nobody') break
  }
  return found
}

/** The ports of our end of a connection. */
export interface Ports {
  readonly localPort?: number | undefined
  readonly remotePort?: number | undefined
}

/** The same by the text of those tables. */
export function findStranger(
  tables: string,
  { localPort, remotePort }: Ports,
): number | 'nobody' | null {
  const end = parseSockets(tables, remotePort ?? 0).find(
    ({ address, ...one }) => LOOPBACK.includes(address) && one.remotePort === localPort,
  )
  if (end === undefined || end.inode === 0) return 'nobody'
  return isStranger(end.user) ? end.user : null
}

/** The users who listen at that port of loopback, by the text of `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseListeners(table: string, port: number): number[] {
  return parseSockets(table, port)
    .filter(({ state, address }) => state === LISTENING && ADDRESSES.has(address))
    .map(({ user }) => user)
}

/** The sockets of that port: a busy computer has tens of thousands of others, which are not taken apart. */
function parseSockets(tables: string, port: number): ListedSocket[] {
  const written = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  return tables.split('\n').flatMap((line) => {
    if (!line.includes(written)) return []
    const [number = '', local = '', remote = '', state = '', , , , user, , inode] = line
      .trim()
      .split(/\s+/)
    const [address = '', end = ''] = local.split(':')
    if (!number.endsWith(':') || Number.parseInt(end, 16) !== port) return []
    return [
      {
        address,
        remotePort: Number.parseInt(remote.split(':')[1] ?? '', 16),
        state,
        user: Number(user),
        inode: Number(inode),
      },
    ]
  })
}

function isStranger(user: number): boolean {
  return user >= PEOPLE && user !== process.geteuid?.()
}

function readTables(): string {
  return ['/proc/net/tcp', '/proc/net/tcp6'].map(read).join('')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
