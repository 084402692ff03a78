import { realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { BywayError, messageOf } from '../core/errors.ts'
import type { Tell } from '../core/types.ts'
import { selectExports } from './clan-select.ts'
import {
  type Evaluation,
  type EvaluationFolders,
  readEvaluation,
  restampEvaluation,
  writeEvaluation,
  writeFailure,
} from './evaluation.ts'
import type { EvaluatorContext } from './evaluator.ts'
import { directoryOf, isReference, showFlake } from './flake.ts'
import { type FlakeFolder, lookAtFlake, renewIndexStamp } from './flake-folder.ts'
import type { Environment } from './locate.ts'
import { type ClanFacts, evaluateWithNix } from './nix.ts'
import { isObject } from './schema.ts'
import type { Stamp } from './stamp.ts'

/** What evaluating a flake needs of the process. */
export interface EvaluateContext extends EvaluationFolders {
  readonly env: Environment
  readonly signal: AbortSignal
  readonly tell: Tell
  /** whether what Nix fetched lately from elsewhere is fetched again */
  readonly refresh: boolean
}

/**
 * Evaluates a flake (an absolute directory, or a reference) and keeps the result in the cache; the
 * exports by Clan's own tool where it is there, else, and all the rest, by Nix. When that fails
 * the last result stays, and why is kept beside it (not when the signal says no `BywayError`, which
 * is an interruption). Throws NOINPUT, UNAVAILABLE (no nix),
 * DATAERR (with Nix's own message), and the signal's reason.
 */
export async function evaluateFlake(flake: string, context: EvaluateContext): Promise<void> {
  let before: FlakeFolder | null = null
  try {
    before = await lookBefore(flake, context)
    writeEvaluation(flake, await evaluateAsItIs(flake, before, context), context)
  } catch (cause) {
    const error = nameFlake(flake, cause)
    keepFailure(flake, { error, stamps: before?.stamps ?? null }, context)
    throw error
  }
}

/** Evaluates a flake and keeps nothing. Throws as `evaluateFlake`. */
export async function evaluateUnkept(
  flake: string,
  context: Omit<EvaluateContext, keyof EvaluationFolders>,
): Promise<Evaluation> {
  try {
    const evaluation = await evaluateAsItIs(flake, await lookBefore(flake, context), context)
    return { ...evaluation, elsewhere: null }
  } catch (cause) {
    throw nameFlake(flake, cause)
  }
}

/** What an evaluation depends on, before it begins; null: it is not on this computer. */
function lookBefore(
  flake: string,
  { env, signal }: Pick<EvaluateContext, 'env' | 'signal'>,
): Promise<FlakeFolder | null> {
  const folder = directoryOf(flake)
  return folder === null ? Promise.resolve(null) : lookAtFlake(folder, { folder, env, signal })
}

async function evaluateAsItIs(
  flake: string,
  before: FlakeFolder | null,
  context: Omit<EvaluateContext, keyof EvaluationFolders>,
): Promise<Omit<Evaluation, 'elsewhere'>> {
  const at = Date.now()
  const run = { folder: before?.root ?? '/', env: context.env, signal: context.signal }
  const facts = await readFacts(flake, run, context)
  const { stamps = [], tracked = null } = before ?? {}
  const renewed = tracked === null ? null : await renewIndexStamp(stamps, tracked, run)
  const clan = before === null ? null : below(before.root, facts.directory)
  return { at, clan, tracked, ...checkFacts(facts), stamps: renewed ?? stamps }
}

/**
 * True for an evaluation that holds though its stamps do not: git has written its index, and tracks
 * what it did. The evaluation is kept with the new stamp.
 */
export async function confirmEvaluation(
  flake: string,
  { cache, env, signal }: EvaluateContext,
): Promise<boolean> {
  const known = readEvaluation(flake, cache)
  if (known === null || known.tracked === null) return false
  const stamps = await renewIndexStamp(known.stamps, known.tracked, { folder: '/', env, signal })
  if (stamps !== null) restampEvaluation(flake, { ...known, stamps }, cache)
  return stamps !== null
}

function nameFlake(flake: string, cause: unknown): unknown {
  if (!(cause instanceof BywayError)) return cause
  const { exit, message, hint } = cause
  return new BywayError(exit, `flake "${showFlake(flake)}": ${message}`, { hint, cause })
}

async function readFacts(
  flake: string,
  run: EvaluatorContext,
  { tell, refresh }: Pick<EvaluateContext, 'tell' | 'refresh'>,
): Promise<ClanFacts> {
  const away = isReference(flake)
  const question = { installable: away ? flake : '.', refresh: refresh && away }
  const exports = await selectExports(away ? flake : run.folder, run, tell)
  if (exports === null) return evaluateWithNix({ ...question, exports: true }, run)
  try {
    return { ...(await evaluateWithNix({ ...question, exports: false }, run)), exports }
  } catch (error) {
    run.signal.throwIfAborted()
    tell(1, `flake "${showFlake(flake)}": only its exports are known: ${messageOf(error)}`)
    return { ...NOTHING, exports }
  }
}

const NOTHING = { targetHosts: null, jumpHosts: null, domain: null, directory: null, failed: [] }

/** What Nix said in the types that it has to have; anything else is left out. */
function checkFacts({ exports, targetHosts, jumpHosts, domain, failed }: ClanFacts) {
  const checked: Pick<Evaluation, 'exports' | 'targetHosts' | 'jumpHosts' | 'domain' | 'failed'> = {
    exports: exports ?? null,
    targetHosts: pick(targetHosts, (host) => (typeof host === 'string' && host ? host : null)),
    jumpHosts: pick(jumpHosts, (machines) => nonEmpty(pick(machines, readWords))),
    domain: typeof domain === 'string' ? domain : null,
    failed,
  }
  return checked
}

function readWords(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  return value.filter((word) => typeof word === 'string')
}

/** The members that are something. */
function pick<T>(value: unknown, read: (member: unknown) => T | null): Record<string, T> {
  const members = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(
    members.flatMap(([key, member]) => {
      const kept = read(member)
      return kept === null ? [] : [[key, kept]]
    }),
  )
}

function nonEmpty<T extends object>(value: T): T | null {
  return Object.keys(value).length > 0 ? value : null
}

/**
 * Clan's `relativeDirectory` below the flake's root, which is a real path; what would lead out of
 * it, by its words or by a link, and what is not there, is left out.
 */
function below(root: string, directory: unknown): string {
  const path = resolve(root, typeof directory === 'string' ? `./${directory}` : '.')
  const real = tryRealpath(path)
  return real?.startsWith(root.endsWith(sep) ? root : root + sep) === true ? real : root
}

function tryRealpath(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

function keepFailure(
  flake: string,
  failure: { readonly error: unknown; readonly stamps: readonly Stamp[] | null },
  { cache, signal, tell }: EvaluateContext,
): void {
  const interrupted = signal.aborted && !(signal.reason instanceof BywayError)
  if (interrupted) return
  try {
    writeFailure(flake, failure, cache)
  } catch (error) {
    tell(1, messageOf(error))
  }
}
