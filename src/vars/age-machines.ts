import type { VarReference } from '../core/types.ts'
import type { VarContext } from './backend.ts'
import { type ConfinedFile, listConfined, readConfined } from './paths.ts'
import { parseRecipients } from './recipients.ts'

const MACHINES = ['secrets', 'age-keys', 'machines'] as const

/** A machine's private key, encrypted to users. */
export interface MachineKey {
  readonly machine: string
  readonly file: ConfinedFile
  /** the users for whom it is encrypted; none: not written down */
  readonly recipients: readonly string[]
}

/** One var to open, and what may help. */
export interface AgeVar {
  readonly file: ConfinedFile
  readonly machine: string
  /** of the machines for which it may be encrypted */
  readonly keys: readonly MachineKey[]
  readonly context: VarContext
}

/**
 * The keys of the machines that may open the var at `names`: its machine's; for a shared var any
 * machine's, its own first, and only those for which it is encrypted where Clan wrote that down.
 * Throws as reading does.
 */
export async function findMachineKeys(
  clan: string,
  ref: VarReference,
  names: readonly string[],
): Promise<readonly MachineKey[]> {
  const keys: MachineKey[] = []
  for (const machine of await findMachines(clan, ref, names)) {
    const file = await readConfined(clan, [...MACHINES, machine, 'key.age'])
    if (file === null) continue
    const recipients = await readRecipients(clan, [...MACHINES, machine, 'key.age.recipients'])
    keys.push({ machine, file, recipients })
  }
  return keys
}

async function findMachines(
  clan: string,
  ref: VarReference,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names[2] !== 'shared') return [ref.machine]
  const others = (await listConfined(clan, MACHINES)).filter((machine) => machine !== ref.machine)
  const machines = [ref.machine, ...others]
  const sidecar = [...names.slice(0, -1), `${names.at(-1)}.recipients`]
  const recipients = new Set(await readRecipients(clan, sidecar))
  const fitting = await filterByKey(clan, machines, recipients)
  return fitting.length > 0 ? fitting : machines
}

async function filterByKey(
  clan: string,
  machines: readonly string[],
  recipients: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (recipients.size === 0) return []
  const fits = await Promise.all(
    machines.map(async (machine) => {
      const [key] = await readRecipients(clan, [...MACHINES, machine, 'pub'])
      return key !== undefined && recipients.has(key)
    }),
  )
  return machines.filter((_machine, index) => fits[index])
}

async function readRecipients(clan: string, names: readonly string[]): Promise<readonly string[]> {
  const file = await readConfined(clan, names)
  return file === null ? [] : parseRecipients(file.bytes.toString())
}
