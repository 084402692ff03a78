import { BywayError } from '../core/errors.ts'
import { AgeOpener } from './age-file.ts'
import type { VarBackend, VarContext } from './backend.ts'
import { loadIdentities, runIdentityCommands, SOPS_PLACES } from './identities.ts'
import { type Identities, joinIdentities } from './identity-text.ts'
import { type ConfinedFile, placementsOf, readConfined } from './paths.ts'
import { parseSopsFile, type SopsAgeKey, type SopsFile } from './sops-file.ts'
import { explainLocked, needsSops, runSops } from './sops-program.ts'
import { openSopsTree } from './sops-tree.ts'

/** Secrets that sops encrypts: files `secret` below the clan's `vars/`. */
export const sopsBackend: VarBackend = {
  name: 'sops',
  async read(clan, ref, context) {
    for (const placement of placementsOf(ref)) {
      const file = await readConfined(clan, ['vars', ...placement, 'secret'])
      if (file !== null) return openSops(file, context)
    }
    return null
  },
}

async function openSops(source: ConfinedFile, context: VarContext): Promise<Buffer> {
  const file = parseSopsFile(source.bytes, source.path)
  const { key, identities, fault } = await openDataKey(file, context)
  if (key !== null && file.foreignRules.length === 0) return openSopsTree(file, key)
  if (!needsSops(file, identities)) throw fault ?? explainLocked(file, identities, context)
  return runSops(file, identities, context)
}

/** What came of the data key, and with what it was tried. */
interface KeyFound {
  /** null: no identity at hand opens it */
  readonly key: Buffer | null
  readonly identities: Identities
  /** of a recipient's block that is damaged */
  readonly fault: unknown
}

/** Commands, which may be slow, are asked only when what lies there does not open it. */
async function openDataKey(file: SopsFile, context: VarContext): Promise<KeyFound> {
  const found = await loadIdentities(SOPS_PLACES, context)
  const opener = new AgeOpener(found.usable)
  const first = await tryKeys(file, (key) => openKey(file, key, opener))
  if (first.key !== null) return { ...first, identities: found }
  const printed: Identities[] = []
  const second = await tryKeys(file, async (key) => {
    const identities = await runIdentityCommands(SOPS_PLACES, key.recipient, context)
    printed.push(identities)
    return openKey(file, key, new AgeOpener(identities.usable))
  })
  return { ...second, identities: joinIdentities([found, ...printed]) }
}

async function openKey(
  { name }: SopsFile,
  { enc }: SopsAgeKey,
  opener: AgeOpener,
): Promise<Buffer | null> {
  const { plaintext } = await opener.open({ name, bytes: Buffer.from(enc) })
  return plaintext
}

/** The first that opens; a damaged one must not hide the others. */
async function tryKeys(
  file: SopsFile,
  open: (key: SopsAgeKey) => Promise<Buffer | null>,
): Promise<Pick<KeyFound, 'key' | 'fault'>> {
  let fault: unknown
  for (const sealed of file.age) {
    try {
      const key = await open(sealed)
      if (key !== null) return { key, fault: undefined }
    } catch (error) {
      if (!(error instanceof BywayError && error.exit === 'DATAERR')) throw error
      fault ??= error
    }
  }
  return { key: null, fault }
}
