/** What is to be known of a machine here. */
interface Named {
  readonly name: string
  readonly domain?: string | null
}

/**
 * What else each of these machines is called by ssh: `<name>.<domain>`, unless another one has that
 * very name: byway goes by that one then.
 */
export function aliasesAmong(machines: readonly Named[]): (machine: Named) => string[] {
  const taken = new Set(machines.map(({ name }) => name))
  return ({ name, domain = null }) => {
    const full = `${name}.${domain}`
    return domain === null || taken.has(full) ? [] : [full]
  }
}

/**
 * Machines that are one to ssh, which writes names in lower case where it shares connections (`%h`,
 * `%C`) and knows host keys; a sentence part each.
 */
export function findTwins(machines: readonly Named[]): string[] {
  const spellings = new Map<string, Map<string, string>>()
  const aliasesOf = aliasesAmong(machines)
  for (const machine of machines) {
    for (const one of [machine.name, ...aliasesOf(machine)]) {
      const known = spellings.get(one.toLowerCase()) ?? new Map()
      spellings.set(one.toLowerCase(), known.set(one, machine.name))
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
