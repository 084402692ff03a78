import { openAgeFile } from './age-file.ts'
import type { VarBackend, VarContext } from './backend.ts'
import { loadIdentities, runIdentityCommands, SOPS_PLACES } from './identities.ts'
import { type Identities, joinIdentities } from './identity-text.ts'
import { type ConfinedFile, placementsOf, readConfined } from './paths.ts'
import { parseSopsFile, type SopsFile } from './sops-file.ts'
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
  const first = await tryKeys(file, () => found)
  if (first.key !== null) return { ...first, identities: found }
  const asked: Identities[] = [found]
  const second = await tryKeys(file, async (recipient) => {
    const printed = await runIdentityCommands(SOPS_PLACES, recipient, context)
    asked.push(printed)
    return printed
  })
  const fault = first.fault ?? second.fault
  return { key: second.key, identities: joinIdentities(asked), fault }
}

type Findings = Pick<KeyFound, 'key' | 'fault'>

async function tryKeys(
  file: SopsFile,
  identitiesFor: (recipient: string) => Identities | Promise<Identities>,
): Promise<Findings> {
  let fault: unknown
  for (const { recipient, enc } of file.age) {
    const { usable } = await identitiesFor(recipient)
    if (usable.length === 0) continue
    try {
      const { plaintext } = await openAgeFile({ name: file.name, bytes: Buffer.from(enc) }, usable)
      if (plaintext !== null) return { key: plaintext, fault: undefined }
    } catch (error) {
      fault ??= error
    }
  }
  return { key: null, fault }
}
