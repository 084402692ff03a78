import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Location } from '../../src/core/types.ts'
import type { SourceFlags } from '../../src/inventory/locate.ts'
import { type OpenedInventory, openInventory } from '../../src/inventory/open.ts'
import { makeFolder } from './cleanup.ts'

/** A home with configuration, inventories and a cache of a test's own. */
export class InventoryHome {
  readonly folder = makeFolder()
  readonly cache = join(this.folder, 'cache/byway')
  readonly env = {
    HOME: this.folder,
    XDG_CONFIG_HOME: join(this.folder, 'config'),
    XDG_CACHE_HOME: join(this.folder, 'cache'),
    XDG_RUNTIME_DIR: this.folder,
  }
  /** what was said at `-v` and `-vv`: `1 text` */
  readonly told: string[] = []

  /** Writes a file below it, a text or JSON. The absolute path. */
  write(name: string, content: unknown): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  /** Opens the inventory; a flake that it comes to is an error which names it. */
  open(flags: SourceFlags = {}, env: Readonly<Record<string, string>> = {}) {
    return openInventory(flags, {
      env: { ...this.env, ...env },
      tell: (level, text) => this.told.push(`${level} ${text}`),
      evaluate: (flake) => Promise.reject(new Error(`the flake ${flake}`)),
    })
  }

  /** The files in the cache; the folder's own path first is left out. */
  cached(): string[] {
    try {
      return readdirSync(this.cache).map((name) => join(this.cache, name))
    } catch {
      return []
    }
  }

  /** All bytes in the cache. */
  cacheBytes(): Buffer {
    return Buffer.concat(this.cached().map((path) => readFileSync(path)))
  }

  /** What tells one compilation from the next. */
  inode(): number {
    const [path = '', ...more] = this.cached()
    if (more.length > 0) throw new Error(`several files in the cache: ${more}`)
    return statSync(path).ino
  }
}

/** Where the machine's first host is, when it says so itself; null: there is no such machine. */
export function hostOf(inventory: OpenedInventory, name: string): string | null {
  const at: Location | undefined = inventory.find(name)?.memberships[0]?.peer.hosts[0]?.at
  return at !== undefined && 'plain' in at ? at.plain : null
}

/** An inventory in byway's own form, with one network and these machines at these hosts. */
export function plainInventory(hosts: Readonly<Record<string, string>>, domain?: string) {
  const peers = Object.entries(hosts).map(([name, host]) => [name, { host }])
  const networks = { internet: { peers: Object.fromEntries(peers) } }
  return domain === undefined ? { networks } : { domain, networks }
}
