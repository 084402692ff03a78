import type { Network } from './core/types.ts'
import type { SourceFlags } from './inventory/locate.ts'
import { type OpenedInventory, openInventory, openLast } from './inventory/open.ts'

/** What there are names of. */
const KINDS: Readonly<Record<string, (inventory: OpenedInventory) => Iterable<string>>> = {
  machines: (inventory) => Array.from(inventory.machines(), ({ name }) => name),
  networks: ({ header }) => new Set(header.networks.map(({ name }) => name)),
  daemons: ({ header }) =>
    new Set(['tor', ...Object.keys(header.daemons), ...startedNetworks(header.networks)]),
}

/** Networks whose own entries say how they are started. */
function startedNetworks(networks: readonly Network[]): string[] {
  return networks.filter(({ settings }) => settings.daemon !== undefined).map(({ name }) => name)
}

/**
 * The names that may stand on the command line `typed`, a line each: of the inventory that its
 * flags name, as it is known without evaluating a flake. Empty for whatever goes wrong, as a shell
 * would show it amid the line that is being typed.
 */
export async function listWords(
  [kind = '', ...typed]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const inventory = await openKnown(readSources(typed, env), env)
    const names = inventory === null ? [] : (KINDS[kind]?.(inventory) ?? [])
    return [...names].map((name) => `${name}\n`).join('')
  } catch {
    return ''
  }
}

/** What cannot be read now may have been read before. */
async function openKnown(flags: SourceFlags, env: NodeJS.ProcessEnv) {
  try {
    const evaluate = () => Promise.reject(new Error('not for a completion'))
    return await openInventory(flags, { env, tell: () => {}, evaluate })
  } catch {
    return openLast(flags, env)
  }
}

/** The flags that name sources, wherever they stand, whatever else does. */
function readSources(typed: readonly string[], env: NodeJS.ProcessEnv): SourceFlags {
  const flags: Record<string, string> = {}
  for (const [i, word] of typed.entries()) {
    const [, name = '', joined] = /^--(inventory|flake|config)(?:=(.*))?$/.exec(word) ?? []
    const value = joined ?? typed[i + 1]
    if (name !== '' && value !== undefined)
      flags[name] = value.replace(/^~(?=\/)/, env['HOME'] ?? '~')
  }
  return flags
}
