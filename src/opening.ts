import type { GlobalFlags } from './arguments.ts'
import { type OpenedInventory, openInventory } from './inventory/open.ts'
import type { RenewalContext } from './renewal.ts'
import type { Voice } from './wiring.ts'

/** How long a connection may wait for a flake that was never evaluated. */
export interface Hurry {
  /** seconds; undefined: what the configuration says */
  readonly timeout: number | undefined
}

/** An inventory that is open, and how to have a newer one. */
export interface Opening {
  readonly inventory: OpenedInventory
  /**
   * Waits until flakes that have changed are evaluated anew; the inventory then, or null when none
   * has changed. Throws why that failed.
   */
  renew(): Promise<OpenedInventory | null>
  /** Reads the sources again, as the cache turned out to be damaged. */
  reread(): Promise<OpenedInventory>
}

/**
 * Opens the inventory; flakes as they were evaluated last. Once the caller has gone on, it looks
 * whether that is out of date, and has it renewed in the background. Only a flake that was never
 * evaluated is waited for: as long as it takes, unless there is a hurry.
 */
export async function openWatched(
  flags: GlobalFlags,
  voice: Voice,
  hurry?: Hurry,
): Promise<Opening> {
  const context: RenewalContext = { flags, voice, env: process.env }
  const limitOf = (configured: number) => hurry && (hurry.timeout ?? configured)
  const unkept = new Set<string>()
  const open = (anew: boolean) =>
    openInventory(flags, {
      anew,
      thorough: hurry === undefined,
      env: context.env,
      tell: voice.tell,
      progress: voice.progress,
      evaluate: async (flake, timeout) => {
        const { awaitFirst } = await import('./renewal-wait.ts')
        const evaluation = await awaitFirst(flake, { ...context, limit: limitOf(timeout) ?? null })
        if (evaluation !== null) unkept.add(flake)
        return evaluation
      },
    })
  const inventory = await open(false)
  const { header } = inventory
  // one that cannot be kept is as it is now
  const flakes = inventory.flakes.filter((flake) => !unkept.has(flake))
  if (flakes.length > 0) (await import('./renewal.ts')).watchFlakes(flakes, context)
  const renew = async () => {
    if (flakes.length === 0) return null
    const { awaitStale } = await import('./renewal-wait.ts')
    const limit = limitOf(header.settings.timeout) ?? null
    return (await awaitStale(flakes, { ...context, limit })) ? open(false) : null
  }
  const reread = () => {
    voice.tell(1, 'the cache is damaged: the sources are read again')
    return open(true)
  }
  return { inventory, renew, reread }
}
