import { BywayError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { AgeOpener } from './age-file.ts'
import { type AgeVar, findMachineKeys, type MachineKey } from './age-machines.ts'
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
      return openVar({ file, machine: ref.machine, keys, context })
    }
    return null
  },
}

/** One way to open an age file; null: this way does not. */
type Open = (file: ConfinedFile) => Promise<Buffer | null>

/** All that needs no program before all that does: a program may ask for a token's touch. */
async function openVar(sealed: AgeVar): Promise<Buffer> {
  const found = await loadIdentities(AGE_PLACES, sealed.context)
  const faults: unknown[] = []
  const opener = new AgeOpener(found.usable)
  const ways: readonly Open[] = [
    (file) => openInProcess(file, opener),
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
    const machine = await attempt(() => open(key.file), faults)
    if (machine === null) continue
    const { usable } = await parseMachineKey(key, machine, sealed.context)
    const opened = await attempt(() => openInProcess(sealed.file, new AgeOpener(usable)), faults)
    if (opened !== null) return opened
  }
  return attempt(() => open(sealed.file), faults)
}

/** Damage of one file must not hide that another way leads to the value; it is told if none does. */
async function attempt(
  open: () => Promise<Buffer | null>,
  faults: unknown[],
): Promise<Buffer | null> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof BywayError && error.exit === 'DATAERR')) throw error
    faults.push(error)
    return null
  }
}

async function openInProcess(file: ConfinedFile, opener: AgeOpener): Promise<Buffer | null> {
  const { plaintext } = await opener.open({ name: file.path, bytes: file.bytes })
  return plaintext
}

function parseMachineKey(
  { file }: MachineKey,
  text: Buffer,
  { tell }: VarContext,
): Promise<Identities> {
  const source = { label: file.path, path: null, text: new Secret(text.toString()) }
  return parseIdentities(source, tell)
}
