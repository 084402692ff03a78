import { readFileSync, readlinkSync } from 'node:fs'

/** TCP states in which nothing can come any more (linux/tcp_states.h). */
const CLOSE_WAIT = 8
const CLOSE = 7

/**
 * What the kernel has for the reader of a TCP socket: bytes, nothing yet, or nothing for ever, for the
 * peer has closed. `unknown` where the kernel does not say: not Linux, or no TCP socket.
 */
export type ReceiveQueue = 'bytes' | 'nothing' | 'closed' | 'unknown'

/**
 * Looks at a descriptor's receive queue and takes nothing from it (proc(5), `/proc/net/tcp`). The
 * tables are those of a network namespace: `pid` is a process in that of the socket.
 */
export function lookAtQueue(fd: number, pid: number | 'self' = 'self'): ReceiveQueue {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]
    if (inode === undefined) return 'unknown'
    return findLine(inode, `/proc/${pid}/net`) ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

function findLine(inode: string, tables: string): ReceiveQueue | null {
  for (const table of ['tcp', 'tcp6']) {
    const found = parseQueue(readFileSync(`${tables}/${table}`, 'latin1'), inode)
    if (found !== null) return found
  }
  return null
}

/** The queue of the socket with this inode in the text of such a table; null: it has none. */
export function parseQueue(table: string, inode: string): ReceiveQueue | null {
  const line = table.split('\n').find((one) => one.trim().split(/\s+/)[9] === inode)
  if (line === undefined) return null
  const [, , , state = '', queues = ''] = line.trim().split(/\s+/)
  const waiting = Number.parseInt(queues.split(':')[1] ?? '', 16)
  if (Number.parseInt(state, 16) === CLOSE) return 'closed'
  // the peer's FIN counts as a byte
  if (Number.parseInt(state, 16) === CLOSE_WAIT) return waiting > 1 ? 'bytes' : 'closed'
  return waiting > 0 ? 'bytes' : 'nothing'
}
