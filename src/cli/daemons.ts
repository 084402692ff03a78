import type { KeeperStatus } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { listDaemonFolders, mayBeOf, shownName } from '../daemon-folders.ts'
import { isClaimed } from '../daemons/claim.ts'
import { askStatus } from '../daemons/lease.ts'

/** A daemon that byway started, and where it is kept. */
export interface Kept {
  readonly runtime: string
  readonly status: KeeperStatus
}

/**
 * The daemons that run, or of that name only; those that do not answer as well. Throws UNAVAILABLE
 * where that cannot be told of one of them.
 */
export async function listKept(name?: string): Promise<Kept[]> {
  const all = listDaemonFolders(process.env)
  const folders = name === undefined ? all : all.filter((runtime) => mayBeOf(name, runtime))
  const found = await Promise.all(
    folders.map(async (runtime) => {
      return { runtime, status: (await askStatus(runtime)) ?? (await findSilent(runtime)) }
    }),
  )
  const kept = found.filter((one): one is Kept => one.status !== null)
  return name === undefined ? kept : kept.filter((one) => isOf(name, one))
}

/** Those of that name. Throws NOHOST when there is none, and what `listKept` throws. */
export async function requireKept(name: string): Promise<Kept[]> {
  const kept = await listKept(name)
  if (kept.length > 0) return kept
  const names = (await listKept()).map(({ status }) => status.name)
  const [near] = nearest(name, names)
  const hint = near === undefined ? undefined : `did you mean ${near}?`
  throw new BywayError('NOHOST', `byway has no ${name} running`, { hint })
}

/** Of one that is silent only the first characters of the name are known. */
function isOf(name: string, { runtime, status }: Kept): boolean {
  return status.state === 'silent' ? mayBeOf(name, runtime) : status.name === name
}

async function findSilent(runtime: string): Promise<KeeperStatus | null> {
  if (!(await isClaimed(runtime))) return null
  return {
    name: shownName(runtime),
    pid: null,
    daemon: null,
    state: 'silent',
    progress: { percent: 0, phase: 'its keeper does not answer' },
    users: [],
    streams: 0,
    held: false,
    age: 0,
  }
}
