import { join } from 'node:path'
import { withoutKeys } from './children/environment.ts'
import { spawnApart } from './children/spawn-apart.ts'
import { BywayError } from './core/errors.ts'
import { showFlake } from './inventory/flake.ts'
import { FreshnessCheck, knownFailure } from './inventory/freshness.ts'
import { keyOf } from './inventory/key.ts'
import { type Environment, locate, type SourceFlags, xdgFolder } from './inventory/locate.ts'
import { ownCommand, RENEW, WANTED } from './self.ts'
import type { Voice } from './wiring.ts'

/** Milliseconds after which the first step is taken: a peer in the same room answers before. */
const FIRST_STEP_AFTER = 10
/** Milliseconds that one step takes of what goes on beside it, and the last one at byway's end. */
const STEP = 0.5
const LAST_STEP = 3

/** Who wants flakes evaluated. */
export interface RenewalContext {
  readonly flags: SourceFlags
  readonly env: Environment
  readonly voice: Voice
}

/**
 * Looks, beside all that follows and in small steps, whether the flakes' evaluations are out of
 * date, and has one process in the background evaluate those that are. What is not known yet when
 * byway ends is left to that process.
 */
export function watchFlakes(flakes: readonly string[], context: RenewalContext): void {
  for (const flake of flakes) watchFlake(flake, context)
}

function watchFlake(flake: string, context: RenewalContext): void {
  const check = new FreshnessCheck(flake, xdgFolder('CACHE', context.env))
  const atEnd = () => {
    const fresh = check.step(LAST_STEP)
    const due = fresh === null || (!fresh && announce(flake, context))
    if (due) void startRenewer(context, false)
  }
  const done = () => process.off('exit', atEnd)
  const step = () => {
    const fresh = check.step(STEP)
    if (fresh === null) setImmediate(step)
    else if (fresh) done()
    else void renewSoon(flake, context).then(done, done)
  }
  process.once('exit', atEnd)
  setTimeout(step, FIRST_STEP_AFTER).unref()
}

async function renewSoon(flake: string, context: RenewalContext): Promise<void> {
  if (!announce(flake, context)) return
  const { isClaimed } = await import('./daemons/claim.ts')
  if (!(await isClaimed(await claimFolder(flake, context.env)))) void startRenewer(context, false)
}

/** Says that an old evaluation is used; false when a new one would fail as the last did. */
function announce(flake: string, { env, voice }: RenewalContext): boolean {
  const failure = knownFailure(flake, xdgFolder('CACHE', env))
  const label = `flake "${showFlake(flake)}"`
  voice.tell(
    1,
    failure === null
      ? `${label} has changed: used as it was, and evaluated anew in the background`
      : `${failure}; used as it was evaluated before`,
  )
  return failure === null
}

/** The folder of the claim to evaluate a flake: one process does at a time. Throws NOPERM. */
export async function claimFolder(flake: string, env: Environment): Promise<string> {
  const { runtimeFolder } = await import('./daemon-folders.ts')
  return join(runtimeFolder(env), `evaluate-${keyOf(flake)}`)
}

/**
 * Starts the process that evaluates, which outlives us. Resolves, where its result is wanted, once it
 * is known which process evaluates; else at once. Throws UNAVAILABLE.
 */
export function startRenewer({ flags, env }: RenewalContext, wanted: boolean): Promise<void> {
  const child = spawnApart([...ownCommand(), RENEW, ...(wanted ? [WANTED] : [])], {
    stdio: ['ignore', wanted ? 'pipe' : 'ignore', 'ignore'],
    env: { ...withoutKeys(env), ...nameSources(flags, env) },
  })
  child.unref()
  if (!wanted) {
    child.on('error', () => {})
    return Promise.resolve()
  }
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new BywayError('UNAVAILABLE', `evaluate: ${cause.message}`, { cause }))
    })
    child.stdout?.resume().once('close', resolve)
  })
}

/** The sources as variables, absolute: argv, with a reference's token in it, is for all to read. */
function nameSources(flags: SourceFlags, env: Environment) {
  const { inventory, flake, configs } = locate(flags, env)
  const config = configs.find(({ named }) => named)
  return {
    BYWAY_INVENTORY: inventory?.path,
    BYWAY_FLAKE: flake ?? undefined,
    BYWAY_CONFIG: config?.path,
    CLAN_DIR: undefined,
  }
}
