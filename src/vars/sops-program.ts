import { BywayError } from '../core/errors.ts'
import { selectForeign } from './age-file.ts'
import type { VarContext } from './backend.ts'
import { adviseIdentity, SOPS_PLACES } from './identities.ts'
import type { Identities } from './identity-text.ts'
import { describeEnd, runProgram } from './program.ts'
import { describeAttempt, shorten } from './recipients.ts'
import { damaged, type SopsFile } from './sops-file.ts'

/** Exit statuses of sops that speak of the file, not of keys (its cmd/sops/codes/codes.go). */
const FILE_FAULTS: Readonly<Record<number, string>> = {
  24: 'has a MAC that does not decrypt',
  25: 'has a value that does not authenticate',
  51: 'has a MAC that does not match',
  52: 'has no MAC',
}

/** Whether the user's own sops may open what we cannot. */
export function needsSops(file: SopsFile, { foreign }: Identities): boolean {
  if (file.others.length > 0 || file.foreignRules.length > 0) return true
  return (
    selectForeign(
      foreign,
      file.age.map(({ recipient }) => recipient),
    ).length > 0
  )
}

/**
 * The file as the user's own sops decrypts it, which verifies the MAC and finds its keys itself:
 * it gets the whole environment. Throws DATAERR where it says that the file is at fault, NOPERM
 * where it has no key or is not there; and the signal's reason when that aborts.
 */
export async function runSops(
  file: SopsFile,
  identities: Identities,
  context: VarContext,
): Promise<Buffer> {
  const types = ['--input-type', 'binary', '--output-type', 'binary']
  const argv = ['sops', '--decrypt', ...types, file.name]
  const outcome = await runProgram({ argv, context, env: context.env })
  if (outcome === null) throw sopsIsMissing(file, identities)
  if (outcome.status === 0) return outcome.output
  const fault = FILE_FAULTS[outcome.status ?? 0]
  if (fault !== undefined) throw damaged(file.name, fault)
  throw new BywayError('NOPERM', `${file.name} ${isFor(file)}; sops ${describeEnd(outcome)}`, {
    hint: helpWith(file, context),
  })
}

function sopsIsMissing(file: SopsFile, { foreign }: Identities): BywayError {
  const kinds = file.others.map((other) => other.replace(/^pgp .*/, 'pgp (through gpg)'))
  const what = new Set([...kinds, ...file.foreignRules, ...foreign.map((one) => one.what)])
  const need = `only sops opens ${[...what].join(', ')}, and it is not on PATH`
  return new BywayError('NOPERM', `${file.name} ${isFor(file)}; ${need}`, {
    hint: 'install sops, and what it needs for such keys',
  })
}

/** NOPERM about a file that is for others: for whom, what was tried, where an identity belongs. */
export function explainLocked(
  file: SopsFile,
  { usable }: Identities,
  context: VarContext,
): BywayError {
  return new BywayError(
    'NOPERM',
    `${file.name} ${isFor(file)}; ${describeAttempt(usable.length)}`,
    {
      hint: helpWith(file, context),
    },
  )
}

function isFor(file: SopsFile): string {
  const recipients = [...file.age.map(({ recipient }) => shorten(recipient)), ...file.others]
  return recipients.length === 0
    ? 'is encrypted for nobody'
    : `is encrypted for ${recipients.join(', ')}`
}

function helpWith(file: SopsFile, context: VarContext): string {
  if (file.age.length > 0) return adviseIdentity(SOPS_PLACES, context)
  return 'check that sops finds the secret key (for pgp: gpg --list-secret-keys)'
}
