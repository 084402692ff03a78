import { BywayError } from '../core/errors.ts'
import { AgeOpener, selectForeign } from './age-file.ts'
import type { AgeVar } from './age-machines.ts'
import type { VarContext } from './backend.ts'
import { AGE_PLACES, adviseIdentity } from './identities.ts'
import type { ForeignIdentity, Identities } from './identity-text.ts'
import type { ConfinedFile } from './paths.ts'
import { describeEnd, type Outcome, runProgram } from './program.ts'
import { describeAttempt, shorten } from './recipients.ts'

/** What age says when all went well but the file is for others (its cmd/age). */
const FOR_OTHERS = /no identity matched|did not match any of the recipients/

/**
 * The file as the user's own age opens it with the identities that we cannot use (plugins,
 * passphrases, other SSH keys); null: it is for none of them. Throws DATAERR when the file is
 * damaged, NOPERM when age fails or is not there, and the signal's reason when that aborts.
 */
export async function runAge(
  file: ConfinedFile,
  { foreign }: Identities,
  context: VarContext,
): Promise<Buffer | null> {
  const { recipients } = await new AgeOpener([]).open({ name: file.path, bytes: file.bytes })
  for (const identity of onePerSource(selectForeign(foreign, recipients))) {
    const outcome = await decrypt(file, identity, context)
    if (outcome?.status === 0) return outcome.output
    if (outcome === null || !FOR_OTHERS.test(outcome.words)) throw ageFails(file, identity, outcome)
  }
  return null
}

/** NOPERM about a var that no way opens: for whom it is, and where an identity belongs. */
export function explainLocked(
  { file, machine, keys, context }: AgeVar,
  { usable }: Identities,
): BywayError {
  const [key] = keys
  const fault =
    key === undefined
      ? `${file.path} needs the key of machine ${JSON.stringify(machine)}, which is not there`
      : describeKey(key.file, key.recipients)
  return new BywayError('NOPERM', `${fault}; ${describeAttempt(usable.length)}`, {
    hint: adviseIdentity(AGE_PLACES, context),
  })
}

function describeKey({ path }: ConfinedFile, recipients: readonly string[]): string {
  if (recipients.length === 0) return `${path} is encrypted for others`
  return `${path} is encrypted for ${recipients.map(shorten).join(', ')}`
}

/** A source with several such identities is given to age once, as a whole. */
function onePerSource(identities: readonly ForeignIdentity[]): readonly ForeignIdentity[] {
  return [...new Map(identities.map((identity) => [identity.source.label, identity])).values()]
}

function decrypt(
  { path }: ConfinedFile,
  { source }: ForeignIdentity,
  context: VarContext,
): Promise<Outcome | null> {
  const argv = ['age', '--decrypt', '--identity', source.path ?? '-', path]
  if (source.path !== null) return runProgram({ argv, context })
  return runProgram({ argv, context, input: source.text.reveal() })
}

function ageFails(
  { path }: ConfinedFile,
  { what, source }: ForeignIdentity,
  outcome: Outcome | null,
): BywayError {
  const fault = outcome === null ? 'is not on PATH' : describeEnd(outcome)
  return new BywayError('NOPERM', `${path}: ${what} of ${source.label} needs age, which ${fault}`, {
    hint: outcome === null ? 'install age' : `see that age --decrypt works with ${source.label}`,
  })
}
