import { dirname } from 'node:path'
import type { Config } from '../core/config.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import type { Inventory, Source, Tell } from '../core/types.ts'
import { writeCacheFile } from './cache-file.ts'
import { type CompiledHeader, CompiledInventory, inMemory } from './compiled.ts'
import { mergeConfig, parseConfig } from './config.ts'
import { Draft } from './draft.ts'
import { type Evaluation, parseEvaluation, parseWhereabouts, readEvaluation } from './evaluation.ts'
import { evaluationPath, showFlake } from './flake.ts'
import { inventoryOf } from './flake-inventory.ts'
import { joinInventories } from './join.ts'
import type { Place, Places } from './locate.ts'
import { parseInventory } from './parse.ts'
import { SourceFiles } from './source-files.ts'
import { chooseSources, type PlacedConfig, type SourcePlan } from './sources.ts'

/** Warnings that are kept for whoever wants to see them at any later time. */
const WARNINGS = 100

/** What holds where neither flag nor configuration says otherwise: seconds, milliseconds twice. */
const DEFAULTS = { timeout: 10, stagger: 250, grace: 150 }

const MIB = 1024 * 1024
/** Characters of a source that takes so long to compile that one says so. */
const LARGE = 4 * MIB

/** What compiling needs besides the places. */
export interface BuildContext {
  readonly tell: Tell
  /** shows what takes long; null: it is over */
  progress(text: string | null): void
  /** the folder that the evaluations of flakes are in */
  readonly cache: string
  /**
   * Has a flake evaluated that was not yet; `timeout` is the configured one, in seconds. Null: the
   * result is in the cache. Throws.
   */
  evaluate(flake: string, timeout: number): Promise<Evaluation | null>
}

/** What the configurations say, and where the machines come from. */
export interface Plan {
  readonly config: Config
  readonly sources: readonly SourcePlan[]
}

/** Which sources the places and the configurations name. Throws NOINPUT or CONFIG. */
export function planSources(places: Places): Plan {
  return plan(places, new SourceFiles())
}

/**
 * Reads, validates and compiles what the places name, and keeps the result in the cache file. A
 * cache that cannot be written is a word at `-v`, no error. Throws NOINPUT, DATAERR or CONFIG, and
 * what `evaluate` throws.
 */
export async function buildInventory(
  places: Places,
  file: string,
  context: BuildContext,
): Promise<CompiledInventory> {
  const files = new SourceFiles()
  const { config, sources } = plan(places, files)
  const settings = settingsOf(config)
  const unkept = await evaluateMissing(sources, context, settings.timeout)
  const read = sources.map((source) => readSource(source, files, { ...context, unkept }))
  const inventory = joinInventories(
    read.map((one) => one.inventory),
    config,
  )
  const large = files.texts.some(({ bytes }) => bytes.length > LARGE)
  if (large) context.progress('compiling the inventory')
  const draft = new Draft(inventory, files.texts)
  const bytes = draft.encode({
    stamps: files.stamps,
    sources: read.map((one) => one.source),
    settings,
    daemons: draft.coverDaemons(config.daemons),
    self: config.self ?? null,
    warnings: shorten(inventory.warnings),
  })
  const hasToken = read.some(
    ({ source }) => source.flake !== null && showFlake(source.flake) !== source.flake,
  )
  if (draft.fitForCache && !hasToken) keep(file, bytes, context.tell)
  if (large) context.progress(null)
  return new CompiledInventory(inMemory(bytes))
}

/** All of a few; the first of many, as each connect reads them. */
function shorten(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - WARNINGS
  return more > 0 ? [...warnings.slice(0, WARNINGS), `and ${more} more warnings`] : warnings
}

function plan(places: Places, files: SourceFiles): Plan {
  const configs = places.configs.map((place) => readConfig(place, files))
  const sources = chooseSources(places, configs, (path) => files.read(path) !== null)
  return { config: configs.map(({ config }) => config).reduce(mergeConfig), sources }
}

function readConfig({ path, named }: Place, files: SourceFiles): PlacedConfig {
  const text = named ? files.require(path) : files.read(path)
  if (text !== null) files.requireTrusted(path)
  return { config: parseConfig(text ?? '{}', path), folder: dirname(path) }
}

/** By flake, null for each whose evaluation is in the cache. */
type Unkept = ReadonlyMap<string, Evaluation | null>

/** All at once: each may take long. */
async function evaluateMissing(
  sources: readonly SourcePlan[],
  { cache, evaluate }: BuildContext,
  timeout: number,
): Promise<Unkept> {
  const flakes = sources.flatMap((source) => ('flake' in source ? [source.flake] : []))
  const missing = flakes.filter((flake) => readEvaluation(flake, cache) === null)
  const evaluations = missing.map(async (flake): Promise<[string, Evaluation | null]> => {
    return [flake, await evaluate(flake, timeout)]
  })
  return new Map(await Promise.all(evaluations))
}

/** What one source says; its warnings name it. */
interface ReadSource {
  readonly source: Source
  readonly inventory: Inventory
}

function readSource(
  plan: SourcePlan,
  files: SourceFiles,
  context: BuildContext & { readonly unkept: Unkept },
): ReadSource {
  if ('flake' in plan) return readFlake(plan, files, context)
  const { name, file, clan, ...options } = plan
  const text = files.require(file)
  if (text.length > LARGE) context.progress(`reading ${file}: ${Math.round(text.length / MIB)} MiB`)
  const inventory = parseInventory(text, file, options)
  const { allowCommands } = options
  if (allowCommands) files.requireTrusted(file)
  const source = { name, domain: inventory.domain, clan, flake: null, allowCommands }
  return { source, inventory: withPlace(inventory, file) }
}

function readFlake(
  { name, flake, ...options }: SourcePlan & { readonly flake: string },
  files: SourceFiles,
  { cache, unkept }: { readonly cache: string; readonly unkept: Unkept },
): ReadSource {
  const kept = files.readKept(evaluationPath(cache, flake))
  const evaluation = unkept.get(flake) ?? parseEvaluation(kept)
  const label = showFlake(flake)
  const elsewhere = evaluation?.elsewhere ?? null
  const whereabouts = elsewhere === null ? evaluation : parseWhereabouts(files.readKept(elsewhere))
  if (evaluation === null || whereabouts === null) {
    const message = `flake "${label}": what it was evaluated to is not there`
    throw new BywayError('NOINPUT', message, { hint: 'evaluate it again: byway refresh' })
  }
  const { domain, clan } = evaluation
  const inventory = inventoryOf({ ...evaluation, ...whereabouts }, label, options)
  const source = { name, domain, clan, flake, allowCommands: options.allowCommands }
  return { source, inventory: withPlace(inventory, label) }
}

function withPlace(inventory: Inventory, place: string): Inventory {
  return { ...inventory, warnings: inventory.warnings.map((text) => `${place}: ${text}`) }
}

function settingsOf({ timeout, stagger, grace }: Config): CompiledHeader['settings'] {
  return {
    timeout: timeout ?? DEFAULTS.timeout,
    stagger: stagger ?? DEFAULTS.stagger,
    grace: grace ?? DEFAULTS.grace,
  }
}

function keep(file: string, bytes: Buffer, tell: Tell): void {
  try {
    writeCacheFile(file, bytes)
  } catch (error) {
    tell(1, `cache "${file}" not written: ${messageOf(error)}`)
  }
}
