import { BywayError } from './core/errors.ts'
import { awaitSole } from './daemons/sole.ts'
import { readEvaluation, readFailure, toError } from './inventory/evaluation.ts'
import { showFlake } from './inventory/flake.ts'
import { isFresh } from './inventory/freshness.ts'
import { xdgFolder } from './inventory/locate.ts'
import { claimFolder, type RenewalContext, startRenewer } from './renewal.ts'

/** Processes that may end without a result before that is called a failure. */
const TRIES = 3
/** Milliseconds between two words of progress. */
const WORD_EVERY = 1000

/** How somebody waits: for so many seconds, or as long as it takes. */
export interface WaitContext extends RenewalContext {
  /** seconds; null: as long as it takes */
  readonly limit: number | null
}

/**
 * Waits for the evaluation of a flake that byway knows nothing of. Throws why it failed, or
 * UNAVAILABLE when it takes longer: then it goes on in the background.
 */
export function awaitFirst(flake: string, context: WaitContext): Promise<void> {
  const cache = xdgFolder('CACHE', context.env)
  return waitFor(flake, () => readEvaluation(flake, cache) !== null, context)
}

/**
 * Waits until those flakes are evaluated whose evaluations are out of date; false when none is.
 * Throws as `awaitFirst`.
 */
export async function awaitStale(
  flakes: readonly string[],
  context: WaitContext,
): Promise<boolean> {
  const cache = xdgFolder('CACHE', context.env)
  const began = Date.now()
  const stale = flakes.filter((flake) => !isFresh(flake, cache))
  // one that is edited without pause is never up to date
  const isDone = (flake: string) =>
    (readEvaluation(flake, cache)?.at ?? 0) >= began || isFresh(flake, cache)
  await Promise.all(stale.map((flake) => waitFor(flake, () => isDone(flake), context)))
  return stale.length > 0
}

async function waitFor(flake: string, isDone: () => boolean, context: WaitContext): Promise<void> {
  const { limit, voice } = context
  const began = Date.now()
  const label = `flake "${showFlake(flake)}"`
  const late = new AbortController()
  const end = () => late.abort(takesLonger(label, limit))
  const timer = limit === null ? undefined : setTimeout(end, 1000 * limit)
  const show = () => {
    voice.progress(`evaluating ${label} (${Math.round((Date.now() - began) / 1000)} s)`)
  }
  const ticker = setInterval(show, WORD_EVERY)
  show()
  try {
    await tryFor(flake, isDone, { ...context, signal: late.signal })
  } finally {
    clearTimeout(timer)
    clearInterval(ticker)
    voice.progress(null)
  }
}

async function tryFor(
  flake: string,
  isDone: () => boolean,
  context: WaitContext & { readonly signal: AbortSignal },
): Promise<void> {
  const { env, signal } = context
  const began = Date.now()
  const folder = await claimFolder(flake, env)
  for (let tries = 0; tries < TRIES; tries++) {
    if (!(await awaitSole(folder, signal))) {
      await startRenewer(context, true)
      await awaitSole(folder, signal)
    }
    const failure = readFailure(flake, xdgFolder('CACHE', env))
    if (failure !== null && failure.at >= began) throw toError(failure)
    if (isDone()) return
  }
  const message = `flake "${showFlake(flake)}": whatever evaluates it leaves no result`
  throw new BywayError('UNAVAILABLE', message, { hint: 'byway refresh says more' })
}

function takesLonger(label: string, limit: number | null): BywayError {
  const message = `${label} is not evaluated yet after ${limit} s`
  return new BywayError('UNAVAILABLE', message, {
    hint: 'it goes on in the background: try again later, or wait with "byway refresh"',
  })
}
