import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Threads for lookups: libuv's four would be held by four networks whose name servers are silent. */
const THREADS = 64
/** Of the processes and threads that may still be started, one in so many is for lookups. */
const SHARE = 2
/** Of all that a user may have, one in so many is, however many run: not all of them are the user's. */
const LEAST = 64

/**
 * How many threads lookups may have: libuv starts all of its pool at once, and aborts the program
 * when it cannot (so does Node at its start). By the user's limit and all that run on the computer
 * (proc(5): `limits`, `loadavg`), and by the groups of processes that we are in (cgroups(7), pids).
 * `root` is the folder that `/proc` and `/sys` are in.
 */
export function countLookupThreads(root = '/'): number {
  const room = Math.min(roomOfUser(root), ...groupFolders(root).map(roomOfGroup))
  return Math.max(1, Math.min(THREADS, Math.floor(room)))
}

function roomOfUser(root: string): number {
  const most = /^Max processes +(\d+)/m.exec(read(join(root, 'proc/self/limits')))?.[1]
  if (most === undefined) return Number.POSITIVE_INFINITY
  const tasks = Number(/\/(\d+)/.exec(read(join(root, 'proc/loadavg')))?.[1] ?? 0)
  return Math.max((Number(most) - tasks) / SHARE, Number(most) / LEAST)
}

/** Each of our groups, and those that they are in: version 2, or version 1's of pids. */
function groupFolders(root: string): string[] {
  const lines = read(join(root, 'proc/self/cgroup'))
  return [...lines.matchAll(/^\d+:(|pids):(\/.*)$/gm)].flatMap(([, version = '', path = '']) => {
    const names = ['', ...path.split('/').filter(Boolean)]
    const top = join(root, 'sys/fs/cgroup', version)
    return names.map((_, i) => join(top, ...names.slice(0, i + 1)))
  })
}

function roomOfGroup(folder: string): number {
  const most = Number.parseInt(read(join(folder, 'pids.max')), 10)
  if (Number.isNaN(most)) return Number.POSITIVE_INFINITY
  return (most - Number(read(join(folder, 'pids.current')))) / SHARE
}

/** Empty where there is no such file. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
