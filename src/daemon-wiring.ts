import { withoutKeys } from './children/environment.ts'
import { type KeeperStatus, LINK, type Progress, proxyAt } from './core/daemon.ts'
import { BywayError, messageOf } from './core/errors.ts'
import type { DaemonLease, DaemonMeans } from './core/means.ts'
import type { Attempt, DaemonEntry, NetworkState } from './core/types.ts'
import { torFolders } from './daemon-folders.ts'
import { findProgram } from './daemons/find-program.ts'
import { askStatus, type Lease, takeLease, type Wanted } from './daemons/lease.ts'
import type { Environment } from './inventory/locate.ts'
import { isNotTrusted, makeFolders, whoElseWrites } from './inventory/ownership.ts'
import { ownCommand } from './self.ts'

/** Seconds that a daemon stays after its last user. */
export const LINGER = 60

/** What daemons need of the process and the configuration. */
export interface DaemonContext {
  readonly env: Environment
  readonly entries: Readonly<Record<string, DaemonEntry>>
  /** shows how far a start is; null when there is nothing to show any more; `stays`: for good */
  progress(text: string | null, stays?: boolean): void
}

/** tor as the networks see it. Its lease lives as long as this process, or its attempt. */
export function makeTorDaemon(context: DaemonContext): DaemonMeans {
  return {
    state: () => stateOf(context),
    lease: (attempt) => useTor(context, attempt),
  }
}

/** What a daemon that is kept is now; null where that says nothing. */
export function describeStatus(status: KeeperStatus | null): NetworkState | null {
  const { name, state, daemon, progress } = status ?? {}
  if (state === 'ready') {
    return { state: 'running', detail: `byway's own ${name}, process ${daemon}` }
  }
  if (state !== 'starting') return null
  const detail = `byway's own ${name} is starting, ${progress?.percent} %: ${progress?.phase}`
  return { state: 'startable', detail }
}

/** A lease for an attempt: given back when that is over, its start shown. */
export async function leaseFor(
  wanted: Wanted,
  { env, progress }: Pick<DaemonContext, 'env' | 'progress'>,
  attempt: Attempt,
): Promise<Lease> {
  const show = ({ percent, phase }: Progress) => {
    attempt.stage('start', `${percent} %: ${phase}`)
    progress(`${wanted.name} ${percent} %: ${phase}`, LINK.test(phase))
  }
  try {
    const taken = await takeLease(asOurs(wanted), {
      self: ownCommand(),
      env: withoutKeys(env),
      signal: attempt.signal,
      mayStart: () => attempt.mayStart(),
      progress: show,
    })
    if (attempt.signal.aborted) taken.release()
    attempt.signal.addEventListener('abort', () => taken.release(), { once: true })
    return taken
  } finally {
    progress(null)
  }
}

/** With the folder for the daemon's data, which its keeper would make anywhere. */
function asOurs(wanted: Wanted): Wanted {
  const launch = async () => {
    try {
      makeFolders(wanted.data)
    } catch (cause) {
      const hint = cause instanceof BywayError ? cause.hint : undefined
      const message = `${wanted.name} could not be started: ${messageOf(cause)}`
      throw new BywayError('UNAVAILABLE', message, { cause, hint })
    }
    return await wanted.launch()
  }
  return { ...wanted, launch }
}

async function stateOf(context: DaemonContext): Promise<NetworkState> {
  try {
    return await lookAt(context)
  } catch (error) {
    return { state: 'absent', detail: messageOf(error) }
  }
}

async function lookAt({ env, entries }: DaemonContext): Promise<NetworkState> {
  const known = describeStatus(await askStatus(torFolders(env).runtime))
  if (known !== null) return known
  const binary = entries['tor']?.binary ?? 'tor'
  const found = findProgram(binary, env['PATH'])
  if (found === null) return { state: 'absent', detail: `there is no program "${binary}"` }
  return { state: 'startable', detail: `byway can start "${found}"` }
}

/** A lease of tor. Throws UNAVAILABLE; CONFIG where its torrc may have been written by another. */
export async function leaseTor(context: DaemonContext, attempt: Attempt): Promise<Lease> {
  const { torrc } = context.entries['tor'] ?? {}
  const fault = torrc === undefined ? null : whoElseWrites(torrc)
  if (torrc !== undefined && fault !== null) throw isNotTrusted(torrc, fault)
  return await leaseFor(wantedTor(context), context, attempt)
}

async function useTor(context: DaemonContext, attempt: Attempt): Promise<DaemonLease> {
  const lease = await leaseTor(context, attempt)
  if (!('socks' in lease.way)) throw new Error('tor without a proxy')
  return { proxy: proxyAt(lease.way.socks), authorize: lease.authorize }
}

function wantedTor({ env, entries }: DaemonContext): Wanted {
  const { binary = 'tor', torrc = null, linger = LINGER } = entries['tor'] ?? {}
  return {
    name: 'tor',
    ...torFolders(env),
    linger,
    launch: async () => ({ kind: 'tor', binary, torrc }),
  }
}
