import { dirname, resolve } from 'node:path'
import type { Config, SourceEntry } from '../core/config.ts'
import { BywayError } from '../core/errors.ts'
import { absoluteFlake, directoryOf, showFlake } from './flake.ts'
import type { Places } from './locate.ts'

/** A configuration, and the folder that the paths in it are relative to. */
export interface PlacedConfig {
  readonly config: Config
  readonly folder: string
}

/** A file or a flake that is to be read. */
export type SourcePlan = {
  /** what the configuration calls it, else its path or reference */
  readonly name: string
  /** whether it may name programs to run */
  readonly allowCommands: boolean
} & (
  | {
      readonly file: string
      /** absolute path of the clan's directory; null: it is not on this computer */
      readonly clan: string | null
    }
  /** absolute directory or reference */
  | { readonly flake: string }
)

/** A plan before the configuration was asked whether it may run programs. */
type Choice =
  | { readonly name?: string; readonly file: string }
  | { readonly name?: string; readonly flake: string }

/**
 * The sources, by the first of these that names any: flag and environment (a file goes before a
 * flake, which then is the directory of its vars), configurations, usual places. `isThere` says
 * of a usual place whether it is. Throws NOINPUT when nothing names any.
 */
export function chooseSources(
  places: Places,
  configs: readonly PlacedConfig[],
  isThere: (path: string) => boolean,
): SourcePlan[] {
  const configured = chooseConfigured(configs)
  const flake = places.flake ?? configured.flake
  const choices = chooseNamed(places) ?? configured.choices ?? chooseUsual(places, isThere)
  if (choices === null) throw noInventory(places)
  const allow = configs.find(({ config }) => config.allowCommands !== undefined)?.config
  return choices.map((choice) => {
    const name = choice.name ?? ('file' in choice ? choice.file : showFlake(choice.flake))
    const allowed = allow?.allowCommands ?? false
    const allowCommands = typeof allowed === 'boolean' ? allowed : allowed.includes(name)
    if ('flake' in choice) return { name, allowCommands, flake: choice.flake }
    const clan = flake === null ? dirname(choice.file) : directoryOf(flake)
    return { name, allowCommands, file: choice.file, clan }
  })
}

function chooseNamed({ inventory, flake }: Places): Choice[] | null {
  if (inventory !== null) return [{ file: inventory.path }]
  return flake === null ? null : [{ flake }]
}

/** What the first configuration that says so names: sources, and a flake of its own. */
function chooseConfigured(configs: readonly PlacedConfig[]) {
  const listing = configs.find(({ config }) => config.inventory !== undefined)
  const naming = configs.find(({ config }) => config.flake !== undefined)
  const flake = naming === undefined ? null : placeFlake(naming)
  const listed = (listing?.config.inventory ?? []).map((entry) => place(entry, listing?.folder))
  const choices: Choice[] | null = flake === null ? null : [{ flake }]
  return { flake, choices: listed.length > 0 ? listed : choices }
}

function placeFlake({ config, folder }: PlacedConfig): string {
  return absoluteFlake(config.flake ?? '', folder)
}

function place(entry: SourceEntry, folder = '/'): Choice {
  if ('file' in entry) return { ...entry, file: resolve(folder, entry.file) }
  return { ...entry, flake: absoluteFlake(entry.flake, folder) }
}

function chooseUsual({ usual }: Places, isThere: (path: string) => boolean): Choice[] | null {
  const found = usual.find(({ path }) => isThere(path))
  return found === undefined ? null : [{ file: found.path }]
}

function noInventory({ usual }: Places): BywayError {
  const looked = usual.map(({ path }) => path).join(', ')
  return new BywayError('NOINPUT', `no inventory: looked for ${looked}`, {
    hint: 'name one with --inventory or $BYWAY_INVENTORY; README "Inventory" shows how to write it',
  })
}
