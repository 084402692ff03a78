import type { KeeperStatus } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { listDaemonFolders } from '../daemon-folders.ts'
import { askStatus } from '../daemons/lease.ts'

/** A daemon that byway started, and where it is kept. */
export interface Kept {
  readonly runtime: string
  readonly status: KeeperStatus
}

/** The daemons that run, or of these names only. */
export async function listKept(name?: string): Promise<Kept[]> {
  const found = await Promise.all(
    listDaemonFolders(process.env).map(async (runtime) => {
      return { runtime, status: await askStatus(runtime) }
    }),
  )
  const kept = found.filter((one): one is Kept => one.status !== null)
  return name === undefined ? kept : kept.filter(({ status }) => status.name === name)
}

/** Those of that name. Throws NOHOST when there is none. */
export async function requireKept(name: string): Promise<Kept[]> {
  const all = await listKept()
  const kept = all.filter(({ status }) => status.name === name)
  if (kept.length > 0) return kept
  const names = all.map(({ status }) => status.name)
  const [near] = nearest(name, names)
  const hint = near === undefined ? undefined : `did you mean ${near}?`
  throw new BywayError('NOHOST', `byway has no ${name} running`, { hint })
}
