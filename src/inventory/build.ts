import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../core/config.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import type { Host, Inventory, NetworkSettings, Peer, Tell } from '../core/types.ts'
import { writeCacheFile } from './cache-file.ts'
import {
  type CompiledHeader,
  CompiledInventory,
  encodeInventory,
  type Memberships,
} from './compiled.ts'
import { mergeConfig, parseConfig } from './config.ts'
import { ExcerptFinder, type SourceText } from './excerpt.ts'
import type { Place, Places } from './locate.ts'
import { applyConfig } from './merge.ts'
import { parseInventory } from './parse.ts'
import { type Stamp, stampOf } from './stamp.ts'

/** What holds where neither flag nor configuration says otherwise: seconds, milliseconds twice. */
const DEFAULTS = { timeout: 10, stagger: 250, grace: 150 }

/**
 * Reads, validates and compiles what the places name, and keeps the result in the cache file. A
 * cache that cannot be written is a word at `-v`, no error. Throws NOINPUT, DATAERR or CONFIG.
 */
export function buildInventory(
  places: Places,
  cache: string,
  { tell }: { tell: Tell },
): CompiledInventory {
  const sources = new Sources()
  const config = readConfigs(places.configs, sources)
  const { path, clan } = chooseInventory(places, config, sources)
  const options = { allowCommands: config.allowCommands === true }
  const parsed = parseInventory(sources.require(path), path, options)
  for (const warning of parsed.warnings) tell(1, `${path}: ${warning}`)
  const daemons = Object.fromEntries(config.daemons)
  const header = { stamps: sources.stamps, clan, settings: settingsOf(config), daemons }
  const draft = new Draft(applyConfig(parsed, config), sources.texts)
  const bytes = draft.encode(header)
  if (draft.fitForCache) keep(cache, bytes, tell)
  return new CompiledInventory(inMemory(bytes))
}

/** The files that were looked at, with their stamps from before they were read. */
class Sources {
  readonly stamps: Stamp[] = []
  readonly texts: SourceText[] = []

  /** The file's text; null when it is not there. Throws NOINPUT when it cannot be read. */
  read(path: string): string | null {
    this.stamps.push(stampOf(path))
    try {
      const bytes = readFileSync(path)
      this.texts.push({ path, bytes })
      return bytes.toString()
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      throw new BywayError('NOINPUT', `read "${path}": ${messageOf(cause)}`, { cause })
    }
  }

  /** The text of a file that has to be there. Throws NOINPUT. */
  require(path: string): string {
    const known = this.texts.find((text) => text.path === path)?.bytes.toString()
    const text = known ?? this.read(path)
    if (text !== null) return text
    throw new BywayError('NOINPUT', `read "${path}": no such file`)
  }
}

function readConfigs(configs: readonly Place[], sources: Sources): Config {
  const read = configs.map(({ path, named }) => {
    const text = named ? sources.require(path) : sources.read(path)
    return parseConfig(text ?? '{}', path)
  })
  return read.reduce(mergeConfig)
}

/** The inventory's file, and the clan's directory that its vars are in. */
function chooseInventory(
  places: Places,
  config: Config,
  sources: Sources,
): { path: string; clan: string | null } {
  const base = dirname(places.configs[0]?.path ?? '/')
  const configured = config.inventory?.find((source) => 'file' in source)?.file
  const usual = () => places.usual.find(({ path }) => sources.read(path) !== null)?.path
  const path =
    places.inventory?.path ?? (configured === undefined ? usual() : resolve(base, configured))
  if (path === undefined) throw noInventory(places)
  const flake = places.flake ?? (config.flake === undefined ? null : resolve(base, config.flake))
  return { path, clan: flake === null ? dirname(path) : resolve(flake) }
}

function noInventory({ usual }: Places): BywayError {
  const looked = usual.map(({ path }) => path).join(', ')
  return new BywayError('NOINPUT', `no inventory: looked for ${looked}`, {
    hint: 'name one with --inventory or $BYWAY_INVENTORY; README "Inventory" shows how to write it',
  })
}

function settingsOf({ timeout, stagger, grace }: Config): CompiledHeader['settings'] {
  return {
    timeout: timeout ?? DEFAULTS.timeout,
    stagger: stagger ?? DEFAULTS.stagger,
    grace: grace ?? DEFAULTS.grace,
  }
}

/** An inventory on its way into the compiled form, its secrets replaced by where they stand. */
class Draft {
  /** false once a secret was found that stands in no source letter for letter */
  fitForCache = true
  readonly #inventory: Inventory
  readonly #finder: ExcerptFinder

  constructor(inventory: Inventory, texts: readonly SourceText[]) {
    this.#inventory = inventory
    this.#finder = new ExcerptFinder(texts)
  }

  encode(header: Omit<CompiledHeader, 'domain' | 'networks'>): Buffer {
    const networks = this.#inventory.networks.map(({ peers: _, settings, ...network }) => {
      return { ...network, settings: this.#coverSettings(settings) }
    })
    const { domain } = this.#inventory
    return encodeInventory({ ...header, domain, networks }, this.#machines())
  }

  #machines(): Map<string, Memberships> {
    const machines = new Map<string, [number, Peer][]>()
    for (const [i, { peers }] of this.#inventory.networks.entries()) {
      for (const [name, peer] of peers) {
        const memberships = machines.get(name) ?? []
        memberships.push([i, { ...peer, hosts: peer.hosts.map((host) => this.#coverHost(host)) }])
        machines.set(name, memberships)
      }
    }
    return machines
  }

  #coverHost(host: Host): Host {
    const { at } = host
    if (!('plain' in at) || !/\.onion$/i.test(at.plain)) return host
    const excerpt = this.#cover(at.plain)
    return excerpt === null ? host : { ...host, at: { excerpt } }
  }

  #coverSettings(settings: NetworkSettings): NetworkSettings {
    const { socks } = settings
    if (typeof socks !== 'string' || !socks.includes('@')) return settings
    const excerpt = this.#cover(socks)
    return excerpt === null ? settings : { ...settings, socks: { excerpt } }
  }

  #cover(value: string) {
    const excerpt = this.#finder.find(value)
    this.fitForCache &&= excerpt !== null
    return excerpt
  }
}

function keep(cache: string, bytes: Buffer, tell: Tell): void {
  try {
    writeCacheFile(cache, bytes)
  } catch (error) {
    tell(1, `cache "${cache}" not written: ${messageOf(error)}`)
  }
}

function inMemory(bytes: Buffer) {
  return {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
}
