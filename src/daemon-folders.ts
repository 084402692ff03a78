import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DaemonEntry, Network } from './core/types.ts'
import { openRuntimeFolder } from './daemons/runtime-folder.ts'
import { type Environment, xdgFolder } from './inventory/locate.ts'
import { makeFolders } from './inventory/ownership.ts'

/** Before the names of folders that belong to networks' daemons. */
const PREFIX = 'net.'
/** A name of those, as `nameFor` makes it. */
const NETWORK = /^net\.(.*)-[0-9a-f]{6}$/
/** Characters of a network's name in those: paths of sockets are short (unix(7)). */
const SHOWN = 7

/** Where one daemon has its sockets and claims, and where what it keeps. Absolute. */
export interface DaemonFolders {
  readonly runtime: string
  readonly data: string
}

/** byway's folder for sockets, locks and leases. Throws NOPERM. */
export function runtimeFolder(env: Environment): string {
  const places = { xdg: env['XDG_RUNTIME_DIR'], state: xdgFolder('STATE', env) }
  return openRuntimeFolder(places, makeFolders)
}

/** tor's folders. */
export function torFolders(env: Environment): DaemonFolders {
  return foldersFor('tor', 'tor', env)
}

/** Those of a network's daemon; one that is configured otherwise is another daemon. */
export function networkFolders(
  network: Network,
  entry: DaemonEntry,
  env: Environment,
): DaemonFolders {
  const { name } = network
  const configured = `${name} ${network.technology} ${JSON.stringify(entry)}`
  return foldersFor(nameFor(name, configured), nameFor(name, name), env)
}

/** The runtime folders of all daemons that may run now. */
export function listDaemonFolders(env: Environment): string[] {
  const runtime = runtimeFolder(env)
  const names = readdirSync(runtime).filter((name) => name.startsWith(PREFIX))
  return ['tor', ...names].map((name) => join(runtime, name))
}

/** The daemon's name by its runtime folder: the first characters of a network's. */
export function shownName(runtime: string): string {
  return NETWORK.exec(basename(runtime))?.[1] ?? basename(runtime)
}

/** True for a runtime folder that a daemon of this name may have. */
export function mayBeOf(name: string, runtime: string): boolean {
  const cut = NETWORK.test(basename(runtime)) ? name.slice(0, SHOWN) : name
  return shownName(runtime) === cut
}

function nameFor(network: string, all: string): string {
  const digest = createHash('sha256').update(all).digest('hex').slice(0, 6)
  return `${PREFIX}${network.slice(0, SHOWN)}-${digest}`
}

function foldersFor(name: string, kept: string, env: Environment): DaemonFolders {
  const runtime = runtimeFolder(env)
  // two runtime folders have two keepers, whose daemons cannot have the same data
  const data = runtime === join(env['XDG_RUNTIME_DIR'] ?? '', 'byway') ? kept : `${kept}-tmp`
  return { runtime: join(runtime, name), data: join(xdgFolder('STATE', env), data) }
}
