/** What holds for a technology where nobody says otherwise. */
export interface TechnologyDefaults {
  readonly name: string
  /** higher is tried first */
  readonly priority: number
  /** seconds from the beginning of the race; null: the race's own budget */
  readonly timeout: number | null
}

/**
 * Every technology's name, known to inventories and the configuration whether or not this
 * version can dial it. The priorities are those that Clan's services have.
 */
export const TECHNOLOGIES: readonly TechnologyDefaults[] = [
  { name: 'direct', priority: 1000, timeout: null },
  { name: 'socks', priority: 1000, timeout: null },
  { name: 'tor', priority: 10, timeout: 60 },
  { name: 'wireguard', priority: 1000, timeout: null },
  { name: 'zerotier', priority: 900, timeout: null },
  { name: 'mycelium', priority: 800, timeout: null },
  { name: 'yggdrasil', priority: 2000, timeout: null },
  { name: 'tailscale', priority: 1000, timeout: null },
  { name: 'tinc', priority: 1000, timeout: null },
  { name: 'iroh', priority: 3000, timeout: null },
  { name: 'command', priority: 1000, timeout: null },
  { name: 'jump', priority: 1000, timeout: null },
  { name: 'http', priority: 1000, timeout: null },
]

const names = new Set(TECHNOLOGIES.map(({ name }) => name))

/** The names that inventories and the configuration may use. */
export function technologyNames(): readonly string[] {
  return [...names]
}

/** Adds to those names what the table in `networks/` has, once, when that is loaded. */
export function learnTechnologies(more: Iterable<string>): void {
  for (const name of more) names.add(name)
}

/** The defaults of the technology with that name; null: there is no such technology. */
export function findTechnology(name: string): TechnologyDefaults | null {
  return TECHNOLOGIES.find((technology) => technology.name === name) ?? null
}

/** The priority of a network that states none: its technology's, else 1000. */
export function defaultPriority(technology: string): number {
  return findTechnology(technology)?.priority ?? 1000
}
