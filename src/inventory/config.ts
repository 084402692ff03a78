import { z } from 'zod'
import type { Config, SourceEntry } from '../core/config.ts'
import type { NetworkEntry } from '../core/types.ts'
import { check } from './check.ts'
import { parseJson } from './json.ts'
import { daemon, networkEntry, timeout } from './network-schema.ts'
import {
  checkPart,
  closed,
  dropUndefined,
  mapOf,
  name,
  numberWithin,
  oneOrMore,
  refuse,
  text,
} from './schema.ts'

const SOURCE = 'a file, or {name, file} or {name, flake}'

const sourceRecord = closed(
  { name: name.optional(), file: text('a path').optional(), flake: text('a flake').optional() },
  SOURCE,
)

const source = z.unknown().transform((value, issues): SourceEntry => {
  if (typeof value === 'string' && value !== '') return { file: value }
  const entry = checkPart(issues, [], { schema: sourceRecord, value })
  const single = entry !== undefined && (entry.file === undefined) !== (entry.flake === undefined)
  if (entry !== undefined && !single) refuse(issues, [], SOURCE)
  return dropUndefined(entry ?? {}) as SourceEntry
})

const allowCommands = z.union([z.boolean(), z.array(text('the name of a source'))], {
  error: () => 'true, false or a list of sources',
})

const schema = closed({
  flake: text('a directory or a flake reference').optional(),
  inventory: oneOrMore(source).optional(),
  timeout: timeout.optional(),
  stagger: numberWithin(10, 10000, ' (milliseconds)').optional(),
  grace: numberWithin(0, 10000, ' (milliseconds)').optional(),
  self: name.optional(),
  allowCommands: allowCommands.optional(),
  networks: mapOf(networkEntry({ allowCommands: true })).optional(),
  daemons: mapOf(daemon).optional(),
}).transform(({ networks, daemons, ...rest }): Config => {
  return { ...dropUndefined(rest), networks: networks ?? new Map(), daemons: daemons ?? new Map() }
})

/**
 * Reads a configuration file. `source` is its name, for messages. Throws CONFIG with file, place,
 * what was found and what was expected; an unknown key is answered with the nearest known one.
 */
export function parseConfig(text: string, source: string): Config {
  const origin = { source, exit: 'CONFIG' } as const
  return check(schema, parseJson(text, origin), origin)
}

/** Both configurations as one. The user's wins key by key, in networks and daemons too. */
export function mergeConfig(user: Config, system: Config): Config {
  return {
    ...system,
    ...user,
    networks: mergeMaps(user.networks, system.networks, mergeEntries),
    daemons: mergeMaps(user.daemons, system.daemons, (own, other) => ({ ...other, ...own })),
  }
}

function mergeEntries(user: NetworkEntry, system: NetworkEntry): NetworkEntry {
  return {
    ...system,
    ...user,
    settings: { ...system.settings, ...user.settings },
    peers: new Map([...system.peers, ...user.peers]),
  }
}

function mergeMaps<T>(
  user: ReadonlyMap<string, T>,
  system: ReadonlyMap<string, T>,
  merge: (user: T, system: T) => T,
): ReadonlyMap<string, T> {
  const merged = new Map(system)
  for (const [key, value] of user) {
    const other = system.get(key)
    merged.set(key, other === undefined ? value : merge(value, other))
  }
  return merged
}
