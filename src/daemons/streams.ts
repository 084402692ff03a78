import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { descendantsOf } from '../children/processes.ts'
import type { SocksPlace } from '../core/daemon.ts'

/** States of /proc/net/tcp in which nobody talks (TIME_WAIT, CLOSE, LISTEN) or not yet (SYN_SENT, SYN_RECV, NEW_SYN_RECV). */
const SILENT = new Set(['02', '03', '06', '07', '0A', '0C'])
/** The state of /proc/net/unix for a socket that is connected (SS_CONNECTED). */
const CONNECTED = '03'

/** Addresses of loopback as those tables have them: 127.0.0.0/8, also within IPv6, and ::1. */
const LOOPBACK = /^(?:(?:0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000)$/

/** A line of proc(5)'s /proc/net/tcp. */
interface TcpEntry {
  readonly remote: string
  readonly remotePort: number
  readonly inode: string
}

/**
 * How many streams are open to what listens at a place of this computer, a unix socket or a port of
 * loopback; those of the daemon's own processes left out. 0 where there is no /proc.
 */
export function countStreamsTo(place: SocksPlace, daemon: number): number {
  if ('path' in place) return countUnix(place.path)
  const own = socketsOf(daemon)
  return readTcp('self').filter(({ remote, remotePort, inode }) => {
    return remotePort === place.port && LOOPBACK.test(remote) && !own.has(inode)
  }).length
}

/**
 * How many TCP streams of a process's network namespace are held from outside: by nobody who
 * descends from `daemon`. They were begun inside and passed out.
 */
export function countStreamsInside(inside: number, daemon: number): number {
  const entries = readTcp(String(inside))
  if (entries.length === 0) return 0
  const own = socketsOf(daemon)
  return entries.filter(({ inode }) => !own.has(inode)).length
}

/** Sockets that were accepted have the path of the one that listens. */
function countUnix(path: string): number {
  return readTable('/proc/net/unix').filter((line) => {
    const [, , , , , state, , name] = line.trim().split(/\s+/)
    return state === CONNECTED && name === path
  }).length
}

/** Those that talk and that a process has: others have no inode. */
function readTcp(pid: string): TcpEntry[] {
  const lines = ['tcp', 'tcp6'].flatMap((table) => readTable(`/proc/${pid}/net/${table}`))
  return lines.flatMap((line) => {
    const [, , peer = '', state = '', , , , , , inode = '0'] = line.trim().split(/\s+/)
    const [remote = '', port = ''] = peer.split(':')
    if (SILENT.has(state) || inode === '0') return []
    return [{ remote, remotePort: Number.parseInt(port, 16), inode }]
  })
}

/** The lines below the head; none when it cannot be read. */
function readTable(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)
  } catch {
    return []
  }
}

/** The sockets, by inode, that a process and its descendants have. */
function socketsOf(daemon: number): Set<string> {
  return new Set([daemon, ...descendantsOf(daemon)].flatMap(descriptorsOf))
}

function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).flatMap((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(tryReadLink(`${folder}/${name}`))?.[1]
      return inode === undefined ? [] : [inode]
    })
  } catch {
    return []
  }
}

function tryReadLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
