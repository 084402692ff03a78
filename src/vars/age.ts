import { Secret } from '../core/secret.ts'
import type { VarReference } from '../core/types.ts'
import { openAgeFile } from './age-file.ts'
import { findMachineKeys, type MachineKey } from './age-machines.ts'
import { explainLocked, runAge } from './age-program.ts'
import type { VarBackend, VarContext } from './backend.ts'
import { AGE_PLACES, loadIdentities } from './identities.ts'
import { type Identities, parseIdentities } from './identity-text.ts'
import { type ConfinedFile, placementsOf, readConfined } from './paths.ts'

/**
 * Secrets that Clan encrypts to its machines: files `<file>.age` below `secrets/clan-vars/`. A
 * machine's own key is encrypted to the users, so that it takes two steps.
 */
export const ageBackend: VarBackend = {
  name: 'age',
  async read(clan, ref, context) {
    for (const placement of placementsOf(ref)) {
      const names = ['secrets', 'clan-vars', ...placement, `${ref.file}.age`]
      const file = await readConfined(clan, names)
      if (file === null) continue
      const keys = await findMachineKeys(clan, ref, names)
      return openVar({ file, ref, keys, context })
    }
    return null
  },
}

/** One var to open, and what may help. */
export interface AgeVar {
  readonly file: ConfinedFile
  readonly ref: VarReference
  /** of the machines for which it may be encrypted */
  readonly keys: readonly MachineKey[]
  readonly context: VarContext
}

/** One way to open an age file; null: this way does not. */
type Open = (file: ConfinedFile) => Promise<Buffer | null>

/** All that needs no program before all that does: a program may ask for a token's touch. */
async function openVar(sealed: AgeVar): Promise<Buffer> {
  const found = await loadIdentities(AGE_PLACES, sealed.context)
  const faults: unknown[] = []
  const ways: readonly Open[] = [
    (file) => openInProcess(file, found),
    (file) => runAge(file, found, sealed.context),
  ]
  for (const open of ways) {
    const opened = await openBy(sealed, open, faults)
    if (opened !== null) return opened
  }
  throw faults[0] ?? explainLocked(sealed, found)
}

/** By a machine's key first, then by the user's own identity (a var that is not deployed). */
async function openBy(sealed: AgeVar, open: Open, faults: unknown[]): Promise<Buffer | null> {
  for (const key of sealed.keys) {
    const machine = await attempt(() => open(key.file), sealed.context, faults)
    if (machine === null) continue
    const identities = await parseMachineKey(key, machine, sealed.context)
    const opened = await attempt(() => openInProcess(sealed.file, identities), sealed.context, faults)
    if (opened !== null) return opened
  }
  return attempt(() => open(sealed.file), sealed.context, faults)
}

/** Damage of one file must not hide that another way leads to the value; it is told if none does. */
async function attempt(
  open: () => Promise<Buffer | null>,
  { signal }: VarContext,
  faults: unknown[],
): Promise<Buffer | null> {
  try {
    return await open()
  } catch (error) {
    signal.throwIfAborted()
    faults.push(error)
    return null
  }
}

async function openInProcess(file: ConfinedFile, { usable }: Identities): Promise<Buffer | null> {
  const { plaintext } = await openAgeFile({ name: file.path, bytes: file.bytes }, usable)
  return plaintext
}

async function parseMachineKey(
  { file }: MachineKey,
  text: Buffer,
  { tell }: VarContext,
): Promise<Identities> {
  const source = { label: file.path, path: null, text: new Secret(text.toString()) }
  return parseIdentities(source, tell)
}
