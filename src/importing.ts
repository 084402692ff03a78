import { isDeepStrictEqual } from 'node:util'
import { readOutput } from './computer/programs.ts'
import { messageOf } from './core/errors.ts'
import type { Findings, Found, FoundNetwork, LeftOut } from './imports/findings.ts'
import { listHostNames } from './imports/host-names.ts'
import { readSshHost } from './imports/ssh-hosts.ts'
import { withoutFiles } from './imports/without-files.ts'
import { parseInventory } from './inventory/parse.ts'
import { ScratchFolder } from './scratch-folder.ts'
import { readRecipe } from './ssh/installed-config.ts'

/** Milliseconds that ssh may take to say what it would do for one host. */
const PATIENCE = 10_000

/** An inventory in byway's own form. */
interface PlainInventory {
  readonly networks: Record<string, Omit<FoundNetwork, 'name'> & { peers: Record<string, unknown> }>
}

/**
 * The hosts that ssh's configuration names, each as `ssh -G` has it without what byway has installed
 * there. Options that an inventory does not have are left with ssh, and named. Throws NOINPUT when
 * the file cannot be read, NOPERM when there is no place for a copy.
 */
export async function importSsh(path: string): Promise<Findings> {
  const { names, leftOut } = listHostNames(path, isOurs)
  const scratch = new ScratchFolder()
  try {
    const asked = withoutFiles(path, { skip: isOurs, folder: () => scratch.path })
    const { found, leftOut: more } = await askAll(names, { path, asked })
    return { found, leftOut: [...leftOut, ...more] }
  } finally {
    scratch.remove()
  }
}

function isOurs(text: string): boolean {
  return readRecipe(text) !== null
}

/** `asked`: the file that ssh is to go by, in the place of the one with that path. */
async function askAll(
  names: readonly string[],
  { path, asked }: { path: string; asked: string },
): Promise<Findings> {
  const found: Found[] = []
  const leftOut: LeftOut[] = []
  for (const name of names) {
    const [configured, bare] = await Promise.all([askSsh(asked, name), askSsh('none', name)])
    if (configured === null || bare === null) {
      leftOut.push({ name, why: `ssh -F ${path} -G refuses it` })
      continue
    }
    const host = readSshHost({ name, configured, bare })
    if ('machine' in host.found) found.push(host.found)
    else leftOut.push(host.found)
    for (const option of host.options) {
      const why = `left in ${path}, which ssh goes on reading`
      leftOut.push({ name: `${option} of ${name}`, why })
    }
  }
  return { found, leftOut }
}

/** What several sources have as one inventory; what it does not take is added to what was left out. */
export function assemble(sources: readonly Findings[]): {
  inventory: PlainInventory
  leftOut: readonly LeftOut[]
} {
  const inventory: PlainInventory = { networks: emptyTable() }
  const leftOut = sources.flatMap((source) => source.leftOut)
  for (const each of sources.flatMap((source) => source.found)) {
    const one = { ...each, network: nameApart(each.network, inventory) }
    const why = problemOf(one)
    const known = inventory.networks[one.network.name]?.peers[one.machine] !== undefined
    if (why !== null) leftOut.push({ name: one.machine, why })
    else if (known) leftOut.push({ name: one.machine, why: 'another one has this name' })
    else add(inventory, one)
  }
  return { inventory, leftOut }
}

/** Two that differ may have one name, as what no name may hold is left out of both. */
function nameApart(network: FoundNetwork, { networks }: PlainInventory): FoundNetwork {
  const { name: first, ...settings } = network
  const isOther = (name: string) => {
    const { peers: _, ...known } = networks[name] ?? { ...settings, peers: {} }
    return !isDeepStrictEqual(known, settings)
  }
  let name = first
  for (let i = 2; isOther(name); i++) name = `${first}-${i}`
  return { ...settings, name }
}

function add({ networks }: PlainInventory, { machine, network, peer }: Found): void {
  const { name, ...entry } = network
  networks[name] ??= { ...entry, peers: emptyTable() }
  networks[name].peers[machine] = peer
}

/** For names that others chose: `constructor` is in no such object, and `__proto__` is a name. */
function emptyTable<T>(): Record<string, T> {
  return Object.create(null)
}

/** Why an inventory does not take it; null: it does. */
function problemOf(found: Found): string | null {
  const alone: PlainInventory = { networks: emptyTable() }
  add(alone, found)
  try {
    parseInventory(JSON.stringify(alone), 'it')
    return null
  } catch (error) {
    return messageOf(error).replace(/^it: .*?: (?=found )/, '')
  }
}

/** Its DNS suffixes are for whoever connects: here no name server is asked. */
function askSsh(config: string, name: string): Promise<string | null> {
  const args = ['-F', config, '-G', '-o', 'CanonicalizeHostname=no', '--', name]
  return readOutput(['ssh', ...args], AbortSignal.timeout(PATIENCE))
}
