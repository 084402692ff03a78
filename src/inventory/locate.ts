import { join, resolve } from 'node:path'
import { homeOf } from '../children/environment.ts'
import { absoluteFlake } from './flake.ts'

/** What the command line says of sources. */
export interface SourceFlags {
  readonly inventory?: string | undefined
  readonly flake?: string | undefined
  readonly config?: string | undefined
}

/** The environment that a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A file that is to be read if it is there; when it was named, it has to be. */
export interface Place {
  /** absolute */
  readonly path: string
  readonly named: boolean
}

/** Where configuration and inventory are looked for, before anything was read. */
export interface Places {
  /** the user's, then the system's */
  readonly configs: readonly Place[]
  /** named by flag or variable; null: the configuration or the usual places decide */
  readonly inventory: Place | null
  /** a flake's absolute directory or its reference, named by flag or variable; null: none was */
  readonly flake: string | null
  /** the usual places of an inventory, in order */
  readonly usual: readonly Place[]
}

const SYSTEM_FOLDER = '/etc/byway'

/** byway's own folder below one of the XDG base directories (XDG Base Directory Specification). */
export function xdgFolder(kind: 'CONFIG' | 'CACHE' | 'STATE', env: Environment): string {
  const fallback = { CONFIG: '.config', CACHE: '.cache', STATE: '.local/state' }[kind]
  const base = env[`XDG_${kind}_HOME`]
  // a relative path in these variables is to be ignored, says the specification
  const folder = base?.startsWith('/') ? base : join(homeOf(env), fallback)
  return join(folder, 'byway')
}

/** The places that flags and environment name; the flag of one kind goes before its variable. */
export function locate(flags: SourceFlags, env: Environment): Places {
  const inventory = flags.inventory ?? nonEmpty(env['BYWAY_INVENTORY'])
  const config = flags.config ?? nonEmpty(env['BYWAY_CONFIG'])
  const flake = flags.flake ?? nonEmpty(env['BYWAY_FLAKE']) ?? nonEmpty(env['CLAN_DIR'])
  const folder = xdgFolder('CONFIG', env)
  return {
    configs: [
      config === undefined ? unnamed(join(folder, 'config.json')) : named(config),
      unnamed(join(SYSTEM_FOLDER, 'config.json')),
    ],
    inventory: inventory === undefined ? null : named(inventory),
    flake: flake === undefined ? null : absoluteFlake(flake, '.'),
    usual: [folder, SYSTEM_FOLDER].map((at) => unnamed(join(at, 'inventory.json'))),
  }
}

/** True where flags or environment name a source: another one may have machines of the same names. */
export function namesSource(flags: SourceFlags, env: Environment): boolean {
  const { configs, inventory, flake } = locate(flags, env)
  return inventory !== null || flake !== null || configs.some((place) => place.named)
}

function named(path: string): Place {
  return { path: resolve(path), named: true }
}

function unnamed(path: string): Place {
  return { path, named: false }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
