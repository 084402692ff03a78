import { BywayError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { VarReference } from '../core/types.ts'
import type { VarBackend, VarContext } from './backend.ts'
import { publicBackend } from './public.ts'

/** In the order of asking. Loaded one by one: who has public vars pays for no cryptography. */
const BACKENDS: readonly (() => Promise<VarBackend>)[] = [
  async () => publicBackend,
  async () => (await import('./sops.ts')).sopsBackend,
  async () => (await import('./age.ts')).ageBackend,
  async () => (await import('./password-store.ts')).passwordStoreBackend,
]

/**
 * A var's value as text, without the newlines at its end; never empty. `clan` is the absolute
 * path of the clan's directory, null where none is known. Throws a `BywayError`: NOINPUT (no
 * directory, or no backend has the var), DATAERR (tampered, not text, empty, a name or link that
 * leads out of the clan's directory), NOPERM (no key at hand opens it); and the signal's reason
 * when that aborts.
 */
export async function resolveVar(
  clan: string | null,
  ref: VarReference,
  context: VarContext,
): Promise<Secret> {
  if (clan === null) throw clanIsUnknown(ref)
  for (const load of BACKENDS) {
    context.signal.throwIfAborted()
    const backend = await load()
    const bytes = await backend.read(clan, ref, context)
    if (bytes === null) continue
    context.tell(2, `var ${nameOf(ref)}: found by the ${backend.name} backend`)
    return new Secret(toText(bytes, ref), backend === publicBackend)
  }
  throw isNotGenerated(ref)
}

function toText(bytes: Uint8Array, ref: VarReference): string {
  const text = decode(bytes)?.replace(/[\r\n]+$/, '')
  if (text) return text
  const fault = text === '' ? 'is empty' : 'is not text in UTF-8'
  throw new BywayError('DATAERR', `var ${nameOf(ref)} ${fault}`, { hint: generate(ref) })
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function nameOf(ref: VarReference): string {
  return JSON.stringify(`${ref.machine}/${ref.generator}/${ref.file}`)
}

function isNotGenerated(ref: VarReference): BywayError {
  const message = `var ${nameOf(ref)} does not exist: not generated, or not deployed yet`
  return new BywayError('NOINPUT', message, {
    hint: `deploy first: clan machines update ${ref.machine}`,
  })
}

function clanIsUnknown(ref: VarReference): BywayError {
  return new BywayError('NOINPUT', `var ${nameOf(ref)}: no clan directory is known`, {
    hint: 'name the directory with --flake',
  })
}

function generate(ref: VarReference): string {
  return `generate it again: clan vars generate ${ref.machine} --generator ${ref.generator}`
}
