import { isName } from '../core/names.ts'
import { technologyOf } from '../core/resolve.ts'
import { holdsSecret, isSecretHost } from '../core/secret-host.ts'
import type {
  Covered,
  DaemonEntry,
  Host,
  Inventory,
  NetworkSettings,
  Peer,
  PeopledNetwork,
  Source,
} from '../core/types.ts'
import { type CompiledHeader, encodeInventory, type Memberships, type Rivals } from './compiled.ts'
import { ExcerptFinder, type SourceText } from './excerpt.ts'
import { findOwners } from './join.ts'

/** An inventory on its way into the compiled form, its secrets replaced by where they stand. */
export class Draft {
  /** false once a secret was found that stands in no source letter for letter, or that is not covered */
  fitForCache = true
  readonly #inventory: Inventory
  readonly #finder: ExcerptFinder

  constructor(inventory: Inventory, texts: readonly SourceText[]) {
    this.#inventory = inventory
    this.#finder = new ExcerptFinder(texts)
  }

  /** The bytes of the compiled form. */
  encode(header: Omit<CompiledHeader, 'networks'>): Buffer {
    const networks = this.#inventory.networks.map(({ peers: _, settings, ...network }) => {
      return { ...network, settings: this.#coverSettings(settings) }
    })
    const bytes = encodeInventory({ ...header, networks }, this.#machines(header.sources))
    this.fitForCache &&= !holdsSecret(bytes)
    return bytes
  }

  #machines(sources: readonly Source[]): Map<string, Memberships | Rivals> {
    const { networks } = this.#inventory
    const names = new Names(networks, sources)
    const machines = new Map<string, [number, Peer][]>()
    for (const [i, network] of networks.entries()) {
      const { peers, source } = network
      for (const [machine, peer] of peers) {
        const covered = this.#coverPeer(peer, network)
        for (const name of names.of(machine, source)) {
          const memberships = machines.get(name)
          if (memberships === undefined) machines.set(name, [[i, covered]])
          else memberships.push([i, covered])
        }
      }
    }
    return new Map<string, Memberships | Rivals>([...machines, ...names.rivals()])
  }

  /** Most have no secret host, and stay as they are. */
  #coverPeer(peer: Peer, network: PeopledNetwork): Peer {
    const hosts = peer.hosts.map((host) => this.#coverHost(host, network))
    return hosts.every((host, i) => host === peer.hosts[i]) ? peer : { ...peer, hosts }
  }

  #coverHost(host: Host, network: PeopledNetwork): Host {
    const { at } = host
    if (!('plain' in at) || !isSecretHost(at.plain, technologyOf({ host, network }))) return host
    const excerpt = this.#cover(at.plain)
    return excerpt === null ? host : { ...host, at: { excerpt } }
  }

  /** The daemons' entries as they may be cached: what is in an environment may be secret. */
  coverDaemons(daemons: ReadonlyMap<string, DaemonEntry>): Record<string, DaemonEntry> {
    return Object.fromEntries([...daemons].map(([name, entry]) => [name, this.#coverDaemon(entry)]))
  }

  #coverDaemon(entry: DaemonEntry): DaemonEntry {
    const { socks, env } = entry
    const hasPassword = typeof socks === 'string' && socks.includes('@')
    return {
      ...entry,
      ...(hasPassword ? { socks: this.#coverText(socks) } : {}),
      ...(env === undefined ? {} : { env: this.#coverAll(env) }),
    }
  }

  #coverAll(env: Readonly<Record<string, Covered>>): Record<string, Covered> {
    const covered = Object.entries(env).map(([name, value]) => [name, this.#coverText(value)])
    return Object.fromEntries(covered)
  }

  #coverText(value: Covered): Covered {
    const excerpt = typeof value === 'string' ? this.#cover(value) : null
    return excerpt === null ? value : { excerpt }
  }

  #coverSettings({ daemon, ...settings }: NetworkSettings): NetworkSettings {
    return {
      ...settings,
      ...(daemon === undefined ? {} : { daemon: this.#coverDaemon(daemon) }),
      ...this.#coverPassword('socks', settings),
      ...this.#coverPassword('http', settings),
    }
  }

  #coverPassword(key: 'socks' | 'http', { [key]: url }: NetworkSettings): NetworkSettings {
    if (typeof url !== 'string' || !url.includes('@')) return {}
    const excerpt = this.#cover(url)
    return excerpt === null ? {} : { [key]: { excerpt } }
  }

  #cover(value: string) {
    const excerpt = this.#finder.find(value)
    this.fitForCache &&= excerpt !== null
    return excerpt
  }
}

/** What machines are called: their names, or where several sources have one, `name.<domain>`. */
class Names {
  readonly #owners: ReadonlyMap<string, readonly number[]>
  readonly #sources: readonly Source[]

  constructor(networks: readonly PeopledNetwork[], sources: readonly Source[]) {
    this.#owners = findOwners(networks)
    this.#sources = sources
  }

  /** The machine as one source has it; as every source has it where none is given. */
  of(machine: string, source: number | undefined): string[] {
    const owners = this.#owners.get(machine) ?? []
    if (owners.length < 2) return [machine]
    return owners
      .filter((owner) => source === undefined || owner === source)
      .map((owner) => this.#qualify(machine, owner))
      .filter((name) => name !== null)
  }

  /** By name: who has a machine of it, where several have. */
  *rivals(): Generator<[string, Rivals]> {
    for (const [machine, owners] of this.#owners) {
      if (owners.length < 2) continue
      const sources = owners.map((owner) => this.#sources[owner]?.name ?? '')
      yield [machine, { sources, names: this.of(machine, undefined) }]
    }
  }

  /** With the domain, or the source's name where that tells it from its rivals; null: nothing does. */
  #qualify(machine: string, owner: number): string | null {
    const rivals = (this.#owners.get(machine) ?? []).filter((rival) => rival !== owner)
    for (const key of ['domain', 'name'] as const) {
      const word = this.#sources[owner]?.[key]
      if (typeof word !== 'string' || !isName(word)) continue
      if (rivals.every((rival) => this.#sources[rival]?.[key] !== word)) return `${machine}.${word}`
    }
    return null
  }
}
