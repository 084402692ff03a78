import { join } from 'node:path'
import { withoutKeys } from './children/environment.ts'
import type { DaemonEntry } from './core/config.ts'
import type { KeeperOrder, Progress } from './core/daemon.ts'
import { messageOf } from './core/errors.ts'
import type { DaemonLease, DaemonMeans } from './core/means.ts'
import type { Attempt, NetworkState } from './core/types.ts'
import { findProgram } from './daemons/find-program.ts'
import { askStatus, takeLease } from './daemons/lease.ts'
import { openRuntimeFolder } from './daemons/runtime-folder.ts'
import { type Environment, xdgFolder } from './inventory/locate.ts'
import { ownCommand } from './self.ts'

/** Seconds that a daemon stays after its last user. */
const LINGER = 60

/** The daemons that byway can start. */
export const DAEMONS = ['tor'] as const

/** What daemons need of the process and the configuration. */
export interface DaemonContext {
  readonly env: Environment
  readonly entries: Readonly<Record<string, DaemonEntry>>
  /** shows how far a start is; null when there is nothing to show any more */
  progress(text: string | null): void
}

/** A daemon as the networks see it. Its lease lives as long as this process, or its attempt. */
export function makeDaemon(name: string, context: DaemonContext): DaemonMeans {
  return {
    state: () => stateOf(name, context),
    lease: (attempt) => lease(name, context, attempt),
  }
}

/** byway's folder for sockets, locks and leases. Throws NOPERM. */
export function runtimeFolder(env: Environment): string {
  return openRuntimeFolder({ xdg: env['XDG_RUNTIME_DIR'], state: xdgFolder('STATE', env) })
}

async function stateOf(name: string, context: DaemonContext): Promise<NetworkState> {
  try {
    return await lookAt(name, context)
  } catch (error) {
    return { state: 'absent', detail: messageOf(error) }
  }
}

async function lookAt(name: string, context: DaemonContext): Promise<NetworkState> {
  const { runtime, binary } = orderFor(name, context)
  const status = await askStatus(runtime)
  if (status?.state === 'ready') {
    return { state: 'running', detail: `byway's own ${name}, process ${status.daemon}` }
  }
  if (status?.state === 'starting') {
    const { percent, phase } = status.progress
    return { state: 'startable', detail: `byway's own ${name} is starting, ${percent} %: ${phase}` }
  }
  const found = findProgram(binary, context.env['PATH'])
  if (found === null) return { state: 'absent', detail: `there is no program "${binary}"` }
  return { state: 'startable', detail: `byway can start "${found}"` }
}

async function lease(name: string, context: DaemonContext, attempt: Attempt): Promise<DaemonLease> {
  const show = ({ percent, phase }: Progress) => {
    attempt.stage('start', `${percent} %: ${phase}`)
    context.progress(`${name} ${percent} %: ${phase}`)
  }
  try {
    const taken = await takeLease(orderFor(name, context), {
      self: ownCommand(),
      env: withoutKeys(context.env),
      signal: attempt.signal,
      mayStart: () => attempt.mayStart(),
      progress: show,
    })
    if (attempt.signal.aborted) taken.release()
    attempt.signal.addEventListener('abort', () => taken.release(), { once: true })
    return { proxy: { at: { path: taken.socks } }, authorize: taken.authorize }
  } finally {
    context.progress(null)
  }
}

function orderFor(name: string, { env, entries }: DaemonContext): KeeperOrder {
  const entry = entries[name]
  const runtime = runtimeFolder(env)
  // two runtime folders have two keepers, whose daemons cannot have the same data
  const below = env['XDG_RUNTIME_DIR']
  const data = below !== undefined && runtime.startsWith(below) ? name : `${name}-tmp`
  return {
    name,
    runtime: join(runtime, name),
    data: join(xdgFolder('STATE', env), data),
    binary: entry?.binary ?? name,
    torrc: entry?.torrc ?? null,
    linger: entry?.linger ?? LINGER,
  }
}
