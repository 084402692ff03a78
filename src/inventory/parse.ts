import { BywayError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { Inventory } from '../core/types.ts'
import { joinPlace } from './check.ts'
import { type Path, quote } from './findings.ts'
import { parseJson } from './json.ts'
import type { Reading, Shape } from './reading.ts'
import { type Fields, isObject } from './schema.ts'
import { instances } from './shapes/instances.ts'
import { plain } from './shapes/plain.ts'
import { qr } from './shapes/qr.ts'
import { scoped } from './shapes/scoped.ts'

/** How an inventory is to be read. */
export interface ParseOptions {
  /** the user trusts this source with programs: `command`, `daemon`, ssh's ProxyCommand */
  readonly allowCommands?: boolean
}

/** In the order in which they are tried. */
const SHAPES: readonly Shape[] = [plain, qr, scoped, instances]
const WRAPPERS = ['exports', 'instances']

/**
 * Reads an inventory of any shape. `source` is the file's name, for messages. Throws DATAERR with
 * file, place, what was found and what was expected; what Clan's shapes have beside the readable is
 * left out, with a warning.
 */
export function parseInventory(
  text: string,
  source: string,
  options: ParseOptions = {},
): Inventory {
  const document = parseJson(text, { source, exit: 'DATAERR' })
  if (!isObject(document)) throw shapeless(document, source)
  const { data, path } = unwrap(document)
  const shape = SHAPES.find((candidate) => candidate.fits(data, path))
  if (shape === undefined) throw shapeless(document, source)
  const warnings: string[] = []
  const reading: Reading = {
    source,
    allowCommands: options.allowCommands === true,
    warn: (place, what) => warnings.push(joinPlace('', place, what)),
  }
  return { ...shape.read(data, path, reading), warnings }
}

/** Takes `exports` and `instances` off, one in the other or either alone, in any order. */
function unwrap(document: Fields): { data: Fields; path: Path } {
  let data = document
  const path: string[] = []
  for (let key = wrapperOf(data); key !== undefined; key = wrapperOf(data)) {
    data = data[key] as Fields
    path.push(key)
  }
  return { data, path }
}

/** An instance may itself be called `exports`: then a priority is where a network's name would be. */
function wrapperOf(data: Fields): string | undefined {
  return WRAPPERS.find((key) => {
    const inner = data[key]
    return Object.hasOwn(data, key) && isObject(inner) && typeof inner['priority'] !== 'number'
  })
}

function shapeless(document: unknown, source: string): BywayError {
  const keys = isObject(document) ? Object.keys(document) : []
  const near = keys.find((key) => nearest(key, ['networks']).length > 0)
  const shapes = SHAPES.map((shape) => shape.description).join('; or ')
  return new BywayError('DATAERR', `${source}: found ${summarize(document)}, expected ${shapes}`, {
    hint: near === undefined ? undefined : `did you mean "networks" where it says ${quote(near)}?`,
  })
}

function summarize(document: unknown): string {
  if (!isObject(document)) return Array.isArray(document) ? 'a list' : `${kindOf(document)}`
  const keys = Object.keys(document)
  if (keys.length === 0) return 'an empty object'
  const shown = keys.slice(0, 3).map(quote).join(', ')
  return `an object with the keys ${shown}${keys.length > 3 ? ' …' : ''}`
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value === 'string' ? 'text' : typeof value}`
}
