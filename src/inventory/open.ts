import { join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import type { Machine, Tell } from '../core/types.ts'
import { CacheFile } from './cache-file.ts'
import { type CompiledHeader, CompiledInventory } from './compiled.ts'
import { type Environment, locate, type Places, type SourceFlags, xdgFolder } from './locate.ts'
import { stillTrue } from './stamp.ts'

/** What opening an inventory needs of the process. */
export interface OpenContext {
  readonly env: Environment
  readonly tell: Tell
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

  /** The machine named `name`, or `name.<domain>`; null when there is none. */
  find(name: string): Machine | null {
    const suffix = `.${this.header.domain}`
    const found = this.#compiled.find(name)
    if (found !== null || !name.endsWith(suffix)) return found
    return this.#compiled.find(name.slice(0, -suffix.length))
  }

  /** Every machine, in the order in which the sources name them. */
  machines(): Iterable<Machine> {
    return this.#compiled.machines()
  }
}

/**
 * Opens the inventory that flags, environment and configuration name: from the cache when none of
 * the sources has changed since, else by reading and validating them. Throws NOINPUT, DATAERR or
 * CONFIG; never falls back to what a source said before it was broken.
 */
export async function openInventory(
  flags: SourceFlags,
  context: OpenContext,
): Promise<OpenedInventory> {
  const places = locate(flags, context.env)
  const cache = join(xdgFolder('CACHE', context.env), `${keyOf(places)}.inventory`)
  const compiled = openCache(cache, context.tell) ?? (await build(places, cache, context))
  return new OpenedInventory(compiled)
}

/** Null when there is none, or it is stale, damaged or not to be trusted. */
function openCache(path: string, tell: Tell): CompiledInventory | null {
  try {
    const compiled = new CompiledInventory(new CacheFile(path))
    if (stillTrue(compiled.header.stamps)) return compiled
    tell(2, 'a source of the inventory has changed: compiling it again')
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!absent) tell(1, `cache "${path}" ignored: ${messageOf(error)}`)
  }
  return null
}

/** zod and the shapes are loaded here only: a connect with a fresh cache does without. */
async function build(
  places: Places,
  cache: string,
  context: OpenContext,
): Promise<CompiledInventory> {
  const { buildInventory } = await import('./build.ts')
  return buildInventory(places, cache, context)
}

/** A file name for what was asked for: FNV-1a, 64 bits, over all of it. */
function keyOf(places: Places): string {
  let value = 0xcbf29ce484222325n
  for (const byte of Buffer.from(JSON.stringify(places))) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n)
  }
  return value.toString(16).padStart(16, '0')
}
