import { join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import type { Machine, Tell } from '../core/types.ts'
import { CacheFile } from './cache-file.ts'
import { type CompiledHeader, CompiledInventory, inMemory } from './compiled.ts'
import type { Evaluation } from './evaluation.ts'
import { keyOf } from './key.ts'
import { type Environment, locate, type Places, type SourceFlags, xdgFolder } from './locate.ts'
import { stillTrue } from './stamp.ts'

/** What opening an inventory needs of the process. */
export interface OpenContext {
  readonly env: Environment
  readonly tell: Tell
  /** shows what takes long; null: it is over. Absent: it is not shown */
  readonly progress?: (text: string | null) => void
  /**
   * Has a flake evaluated that was not yet; `timeout` is the configured one, in seconds. Null: the
   * result is in the cache. Throws why that failed. Not needed where no source is a flake.
   */
  readonly evaluate?: (flake: string, timeout: number) => Promise<Evaluation | null>
  /** true: all is read again, though nothing seems to have changed */
  readonly anew?: boolean
  /** the cache is read and checked as a whole: for commands that look at more than one machine */
  readonly thorough?: boolean
}

/** All that the sources say, ready to be looked up. */
export class OpenedInventory {
  readonly #compiled: CompiledInventory

  constructor(compiled: CompiledInventory) {
    this.#compiled = compiled
  }

  /** What holds for all machines. */
  get header(): CompiledHeader {
    return this.#compiled.header
  }

  /** The flakes among the sources: absolute directories or references. */
  get flakes(): readonly string[] {
    const { sources } = this.header
    return sources.flatMap(({ flake }) => (flake === null ? [] : [flake]))
  }

  /**
   * The machine named `name`, or `name.<domain>`; null when there is none. Throws NOHOST when
   * several sources have one of that name, and an error of JavaScript's own when the cache is
   * damaged where it was not looked at before.
   */
  find(name: string): Machine | null {
    const found = this.#compiled.find(name)
    if (found !== null) return found
    for (const { domain } of this.header.sources) {
      if (domain === null || !name.endsWith(`.${domain}`)) continue
      const below = this.#compiled.find(name.slice(0, -domain.length - 1))
      if (below?.domain === domain) return below
    }
    return null
  }

  /** Throws when the cache is damaged anywhere: then "none" means nothing, nor which names are near. */
  checkAll(): void {
    this.#compiled.checkAll()
  }

  /** Every machine, in the order in which the sources name them. */
  machines(): Iterable<Machine> {
    return this.#compiled.machines()
  }
}

/**
 * Opens the inventory that flags, environment and configuration name: from the cache when none of
 * the files has changed since, else by reading and validating them. A flake is taken as it was
 * evaluated last (see `freshness.ts`). Throws NOINPUT, DATAERR or CONFIG, and what `evaluate`
 * throws; never falls back to what a file said before it was broken.
 */
export async function openInventory(
  flags: SourceFlags,
  context: OpenContext,
): Promise<OpenedInventory> {
  const places = locate(flags, context.env)
  const file = compiledPath(places, context.env)
  const known = context.anew === true ? null : openCache(file, context)
  const compiled = known ?? (await build(places, file, context))
  for (const warning of compiled.header.warnings) context.tell(1, warning)
  return new OpenedInventory(compiled)
}

/**
 * What was compiled last for these flags, though it may have changed since; null: nothing, or
 * what is there is damaged or not to be trusted.
 */
export function openLast(flags: SourceFlags, env: Environment): OpenedInventory | null {
  try {
    const file = new CacheFile(compiledPath(locate(flags, env), env))
    return new OpenedInventory(new CompiledInventory(file))
  } catch {
    return null
  }
}

function compiledPath(places: Places, env: Environment): string {
  return join(xdgFolder('CACHE', env), `${keyOf(JSON.stringify(places))}.inventory`)
}

/**
 * Null when there is none, or it is stale, damaged or not to be trusted. The file stays open only
 * where single machines are to be looked up in it: what was checked as a whole is in memory.
 */
function openCache(
  path: string,
  { tell, thorough = false }: OpenContext,
): CompiledInventory | null {
  let file: CacheFile | null = null
  try {
    file = new CacheFile(path)
    const compiled = new CompiledInventory(thorough ? inMemory(file.read(0, file.size)) : file)
    if (thorough) compiled.checkAll()
    if (stillTrue(compiled.header.stamps)) {
      if (!thorough) file = null
      return compiled
    }
    tell(2, 'a source of the inventory has changed: compiling it again')
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!absent) tell(1, `cache "${path}" ignored: ${messageOf(error)}`)
  } finally {
    file?.close()
  }
  return null
}

/** zod and the shapes are loaded here only: a connect with a fresh cache does without. */
async function build(
  places: Places,
  file: string,
  { env, tell, evaluate = neverEvaluate, progress = () => {} }: OpenContext,
): Promise<CompiledInventory> {
  const { buildInventory } = await import('./build.ts')
  return buildInventory(places, file, { tell, progress, evaluate, cache: xdgFolder('CACHE', env) })
}

function neverEvaluate(): Promise<null> {
  return Promise.resolve(null)
}
