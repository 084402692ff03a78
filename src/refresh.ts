import type { GlobalFlags } from './arguments.ts'
import { showFlake } from './inventory/flake.ts'
import { type OpenedInventory, openInventory, openLast } from './inventory/open.ts'
import { planFlakes, renewNow } from './renewer.ts'
import type { Voice } from './wiring.ts'

/** An inventory as it was, and as it is now. */
export interface Refreshed {
  /** null: nothing is known of it */
  readonly before: OpenedInventory | null
  readonly after: OpenedInventory
}

/**
 * Reads all sources now, evaluates the flakes among them, and compiles the inventory. Throws what
 * is wrong with the first that cannot be; what was known of it is kept, and the others are renewed.
 */
export async function refreshSources(flags: GlobalFlags, voice: Voice): Promise<Refreshed> {
  const { env } = process
  const { tell, progress } = voice
  const before = openLast(flags, env)
  const flakes = planFlakes(flags, env)
  if (flakes.length > 0) progress(`evaluating ${flakes.map(showFlake).join(', ')}`)
  const renewals = flakes.map((flake) => renewNow(flake, { env, tell, refresh: true }))
  const ends = await Promise.allSettled(renewals)
  progress(null)
  const failure = ends.find((end) => end.status === 'rejected')
  const opening = openInventory(flags, { env, tell, anew: true })
  if (failure === undefined) return { before, after: await opening }
  await opening.catch(() => {})
  throw failure.reason
}
