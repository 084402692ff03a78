import { BywayError } from './core/errors.ts'
import { awaitSole } from './daemons/sole.ts'
import { whyNotKept } from './inventory/cache-file.ts'
import { type Evaluation, readEvaluation, readFailure, toError } from './inventory/evaluation.ts'
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
 * Waits for the evaluation of a flake that byway knows nothing of; null: it is in the cache now.
 * Where that cannot be written, each byway evaluates for itself. Throws why it failed, or UNAVAILABLE
 * when it takes longer: then it goes on in the background, if it can be kept.
 */
export async function awaitFirst(flake: string, context: WaitContext): Promise<Evaluation | null> {
  const { env, voice } = context
  const cache = xdgFolder('CACHE', env)
  const fault = whyNotKept(cache)
  if (fault === null) {
    await waitFor(flake, () => readEvaluation(flake, cache) !== null, context)
    return null
  }
  voice.tell(1, `${labelOf(flake)} is evaluated at each start: ${unkept(fault)}`)
  const { evaluateHere } = await import('./renewer.ts')
  const renewer = { env, tell: voice.tell, refresh: false }
  const hint = `${unkept(fault)}: name a folder that can be written with XDG_CACHE_HOME`
  return inTime(flake, { ...context, hint }, (signal) =>
    evaluateHere(flake, { ...renewer, signal }),
  )
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
  const stale = flakes.filter((flake) => !isFresh(flake, cache))
  const fault = stale.length > 0 ? whyNotKept(cache) : null
  if (fault !== null) throw new BywayError('UNAVAILABLE', unkept(fault))
  await Promise.all(
    stale.map((flake) => {
      const before = readEvaluation(flake, cache)?.at
      // one that is edited without pause is never up to date
      const isDone = () => readEvaluation(flake, cache)?.at !== before || isFresh(flake, cache)
      return waitFor(flake, isDone, context)
    }),
  )
  return stale.length > 0
}

function waitFor(flake: string, isDone: () => boolean, context: WaitContext): Promise<void> {
  const hint = 'it goes on in the background: try again later, or wait with "byway refresh"'
  return inTime(flake, { ...context, hint }, (signal) => {
    return tryFor(flake, isDone, { ...context, signal })
  })
}

/** Works within the time that there is, and shows how long it takes; `hint`: what if it is longer. */
async function inTime<T>(
  flake: string,
  { limit, voice, hint }: WaitContext & { readonly hint: string },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const began = performance.now()
  const label = labelOf(flake)
  const late = new AbortController()
  const message = `${label} is not evaluated yet after ${limit} s`
  const end = () => late.abort(new BywayError('UNAVAILABLE', message, { hint }))
  const timer = limit === null ? undefined : setTimeout(end, 1000 * limit)
  const show = () => {
    voice.progress(`evaluating ${label} (${Math.round((performance.now() - began) / 1000)} s)`)
  }
  const ticker = setInterval(show, WORD_EVERY)
  show()
  try {
    return await work(late.signal)
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
  const cache = xdgFolder('CACHE', env)
  const before = readFailure(flake, cache)?.at
  const folder = await claimFolder(flake, env)
  for (let tries = 0; tries < TRIES; tries++) {
    if (!(await awaitSole(folder, signal))) {
      await startRenewer(context, true)
      await awaitSole(folder, signal)
    }
    const failure = readFailure(flake, cache)
    if (failure !== null && failure.at !== before) throw toError(failure)
    if (isDone()) return
  }
  const message = `${labelOf(flake)}: whatever evaluates it leaves no result`
  throw new BywayError('UNAVAILABLE', message, { hint: 'byway refresh says more' })
}

function labelOf(flake: string): string {
  return `flake "${showFlake(flake)}"`
}

function unkept(fault: string): string {
  return `what it is evaluated to cannot be kept: ${fault}`
}
