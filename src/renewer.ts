import { closeSync, openSync } from 'node:fs'
import { withoutKeys } from './children/environment.ts'
import { BywayError } from './core/errors.ts'
import type { Tell } from './core/types.ts'
import { runInTurn, runSole } from './daemons/sole.ts'
import { planSources } from './inventory/build.ts'
import { whyNotKept } from './inventory/cache-file.ts'
import {
  confirmEvaluation,
  type EvaluateContext,
  evaluateFlake,
  evaluateUnkept,
} from './inventory/evaluate.ts'
import type { Evaluation } from './inventory/evaluation.ts'
import { isFresh, knownFailure } from './inventory/freshness.ts'
import { type Environment, locate, type SourceFlags, xdgFolder } from './inventory/locate.ts'
import { openInventory } from './inventory/open.ts'
import { claimFolder } from './renewal.ts'

/** Milliseconds after which an evaluation is given up. */
const LONGEST = 600_000

/** Who evaluates, and how. */
export interface RenewerContext {
  readonly env: Environment
  readonly tell: Tell
  /** whether what Nix fetched lately from elsewhere is fetched again */
  readonly refresh: boolean
}

/** The flakes that flags, environment and configuration name. Throws NOINPUT or CONFIG. */
export function planFlakes(flags: SourceFlags, env: Environment): string[] {
  const { sources } = planSources(locate(flags, env))
  return [...new Set(sources.flatMap((source) => ('flake' in source ? [source.flake] : [])))]
}

/**
 * byway as the process in the background that evaluates the flakes which are out of date, and then
 * compiles the inventory; `wanted`: another byway waits for it. The sources come from the
 * environment. Closes stdout once it is known whether this process, or another one, evaluates. Why
 * an evaluation failed is left in the cache; nothing is evaluated where none can be left.
 */
export async function renewInBackground(env: Environment, wanted: boolean): Promise<void> {
  const tell = () => {}
  const cache = xdgFolder('CACHE', env)
  if (whyNotKept(cache) !== null) return
  const flakes = planFlakes({}, env)
  let undecided = flakes.length
  const decided = () => {
    undecided -= 1
    if (undecided === 0) closeStdout()
  }
  const renew = async (flake: string) => {
    const failing = !wanted && knownFailure(flake, cache) !== null
    if (failing || isFresh(flake, cache)) return
    await bounded({ env, tell, refresh: false }, async (context) => {
      if (!(await confirmEvaluation(flake, context))) await evaluateFlake(flake, context)
    }).catch(() => {})
  }
  const work = flakes.map(async (flake) => {
    const folder = await claimFolder(flake, env)
    return runSole(folder, { decided, run: () => renew(flake) })
  })
  await Promise.all(work)
  await openInventory({}, { env, tell })
}

/**
 * Evaluates a flake now, once whoever else evaluates it is done. Throws what `evaluateFlake`
 * throws.
 */
export async function renewNow(flake: string, context: RenewerContext): Promise<void> {
  const folder = await claimFolder(flake, context.env)
  await runInTurn(folder, () => bounded(context, (all) => evaluateFlake(flake, all)))
}

/** Evaluates a flake for this process alone. Throws what `evaluateFlake` throws. */
export function evaluateHere(
  flake: string,
  { signal, ...context }: RenewerContext & { readonly signal: AbortSignal },
): Promise<Evaluation> {
  return bounded(context, (all) => {
    return evaluateUnkept(flake, { ...all, signal: AbortSignal.any([signal, all.signal]) })
  })
}

/** Evaluates within the time that an evaluation may take. */
async function bounded<T>(
  { env, tell, refresh }: RenewerContext,
  evaluate: (context: EvaluateContext) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(tooLong()), LONGEST)
  const { signal } = late
  const folders = { cache: xdgFolder('CACHE', env), state: xdgFolder('STATE', env) }
  try {
    return await evaluate({ ...folders, tell, signal, refresh, env: withoutKeys(env) })
  } finally {
    clearTimeout(timer)
  }
}

function tooLong(): BywayError {
  return new BywayError('UNAVAILABLE', `nix takes longer than ${LONGEST / 60_000} minutes`)
}

/** Whoever started us waits for this end. */
function closeStdout(): void {
  closeSync(1)
  openSync('/dev/null', 'w')
}
