import type { Machine, Source } from './core/types.ts'
import { readPublicKeys } from './ssh/host-key.ts'
import { listConfined, readConfined } from './vars/paths.ts'

/** The clan's vars, below which every value is in a file of this name. */
const VARS = 'vars'
const VALUE = 'value'
/** The generator of Clan's service `sshd` that makes a machine's host key. */
const HOST_KEY = ['openssh', 'ssh.id_ed25519.pub'] as const
/** That of the authority which signs the certificates of all machines. */
const AUTHORITY = ['shared', 'openssh-ca', 'id_ed25519.pub'] as const

/** What a clan says of the identity of a machine's sshd; each as `type base64`. */
export interface HostKeys {
  readonly keys: readonly string[]
  readonly authorities: readonly string[]
}

/**
 * Reads them from the clan's public vars; none where there is no clan on this computer. A file
 * that holds no key is as good as none. `sources`: those of the machine's inventory. Throws a
 * `BywayError` when a file cannot be read.
 */
export async function readHostKeys(
  machine: Machine,
  sources: readonly Source[],
): Promise<HostKeys> {
  const { clan } = machine
  if (clan === null) return { keys: [], authorities: [] }
  for (const name of varNamesOf(machine, sources)) {
    const keys = await readKeys(clan, ['per-machine', name, ...HOST_KEY])
    if (keys.length > 0) return { keys, authorities: await readAuthorities(clan) }
  }
  return { keys: [], authorities: await readAuthorities(clan) }
}

/** The keys of the clan's certificate authority. Throws as above. */
export function readAuthorities(clan: string): Promise<string[]> {
  return readKeys(clan, AUTHORITY)
}

/** True for a clan whose vars tell any identity. Never throws. */
export async function keepsHostKeys(clan: string): Promise<boolean> {
  try {
    if ((await readAuthorities(clan)).length > 0) return true
    for (const machine of await listConfined(clan, [VARS, 'per-machine'])) {
      const keys = await readKeys(clan, ['per-machine', machine, ...HOST_KEY])
      if (keys.length > 0) return true
    }
    return false
  } catch {
    return false
  }
}

async function readKeys(clan: string, names: readonly string[]): Promise<string[]> {
  const file = await readConfined(clan, [VARS, ...names, VALUE])
  return file === null ? [] : readPublicKeys(file.bytes.toString())
}

/** Where two sources have a machine of this name it is asked for with its domain, which no var has. */
function varNamesOf({ name, clan }: Machine, sources: readonly Source[]): string[] {
  const bare = sources.flatMap((source) => {
    const end = `.${source.domain ?? source.name}`
    return source.clan === clan && name.endsWith(end) ? [name.slice(0, -end.length)] : []
  })
  return [name, ...bare]
}
