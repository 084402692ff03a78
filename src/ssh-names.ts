/** What is to be known of a machine here. */
interface Named {
  readonly name: string
  readonly domain?: string | null
}

/** The names by which ssh may ask for a machine, its own first. */
export interface HostNames {
  readonly name: string
  /** `<name>.<domain>`, unless another machine has that very name: byway goes by that one then */
  readonly aliases: readonly string[]
}

/** The names of each machine, in order. */
export function hostNamesOf(machines: readonly Named[]): HostNames[] {
  const taken = new Set(machines.map(({ name }) => name))
  return machines.map(({ name, domain = null }) => {
    const full = `${name}.${domain}`
    return { name, aliases: domain === null || taken.has(full) ? [] : [full] }
  })
}

/**
 * Machines that are one to ssh, which writes names in lower case where it shares connections (`%h`,
 * `%C`) and knows host keys; a sentence part each.
 */
export function findTwins(machines: readonly Named[]): string[] {
  const spellings = new Map<string, Map<string, string>>()
  for (const { name, aliases } of hostNamesOf(machines)) {
    for (const one of [name, ...aliases]) {
      const known = spellings.get(one.toLowerCase()) ?? new Map()
      spellings.set(one.toLowerCase(), known.set(one, name))
    }
  }
  const twins = [...spellings.values()].filter(({ size }) => size > 1)
  // those with a domain are the same once more
  const byMachines = new Map(twins.toReversed().map((known) => [[...known.values()].join(), known]))
  return [...byMachines.values()].toReversed().map(describe)
}

function describe(spellings: ReadonlyMap<string, string>): string {
  const names = [...spellings.keys()].join(' and ')
  return `${names} are one name to ssh: it may take the connection or host key of one for the other`
}
