import type { GlobalFlags } from './arguments.ts'
import { BywayError, messageOf } from './core/errors.ts'
import type { Means } from './core/means.ts'
import { nearest } from './core/nearest.ts'
import type { Machine, Technology, Tell } from './core/types.ts'
import type { OpenedInventory } from './inventory/open.ts'
import { makeMeans } from './means.ts'
import { makeTechnologies } from './networks/table.ts'
import { type Hurry, type Opening, openWatched } from './opening.ts'
import { findOwnMachine } from './own-machine.ts'

/** Everything that a command works with, made once. */
export interface World {
  readonly inventory: OpenedInventory
  readonly technologies: ReadonlyMap<string, Technology>
  /** what the technologies are made with */
  readonly means: Means
  /** seconds `timeout`; milliseconds `stagger` and `grace` */
  readonly settings: { readonly timeout: number; readonly stagger: number; readonly grace: number }
  readonly tell: Tell
  /** The machine of the inventory that this computer is; null: none of them. */
  self(): Machine | null
  /**
   * The machine of this name; for one that is not known, flakes that have changed are evaluated
   * first. Throws NOHOST with the nearest names.
   */
  findMachine(name: string): Promise<Machine>
}

/** How byway speaks to the person while it works. */
export interface Voice {
  readonly tell: Tell
  /**
   * shows what takes long, in place of what it showed before; null: it is over. `stays`: somebody has
   * to read it, whole, and nothing takes its place
   */
  progress(text: string | null, stays?: boolean): void
}

/**
 * Opens the inventory that the flags, the environment and the configuration name. `hurry`: how long
 * it may wait for flakes; as long as it takes where there is none.
 */
export async function makeWorld(flags: GlobalFlags, voice: Voice, hurry?: Hurry): Promise<World> {
  const { tell } = voice
  const opening = await openWatched(flags, voice, hurry)
  const { inventory } = opening
  const means = makeMeans({ flags, voice, inventory })
  return {
    inventory,
    means,
    technologies: makeTechnologies(means),
    settings: inventory.header.settings,
    tell,
    self: () => findOwnMachine(inventory),
    findMachine: (name) => findMachine(name, opening),
  }
}

async function findMachine(name: string, opening: Opening): Promise<Machine> {
  const { inventory, renew } = await soundFor(name, opening)
  const known = inventory.find(name)
  if (known !== null) return known
  const newer = await renew().catch((error: unknown) => {
    throw unknown(name, inventory, error)
  })
  const machine = newer?.find(name) ?? null
  if (machine !== null) return machine
  throw unknown(name, newer ?? inventory)
}

/** The same, or the sources read again when the cache turns out to be damaged at this name. */
async function soundFor(name: string, opening: Opening): Promise<Opening> {
  try {
    if (opening.inventory.find(name) === null) opening.inventory.checkAll()
    return opening
  } catch (error) {
    if (error instanceof BywayError) throw error
    return { ...opening, inventory: await opening.reread() }
  }
}

/** `cause`: why there is no newer inventory, in which it may be. */
function unknown(name: string, inventory: OpenedInventory, cause?: unknown): BywayError {
  const near = nearest(
    name,
    Array.from(inventory.machines(), (machine) => machine.name),
  )
  const meant = near.length > 0 ? `did you mean ${near.join(', ')}?` : undefined
  const why = cause === undefined ? '' : `, which is out of date: ${messageOf(cause)}`
  const hint = cause instanceof BywayError ? (cause.hint ?? meant) : meant
  return new BywayError('NOHOST', `no machine "${shorten(name)}" in the inventory${why}`, {
    hint,
    cause,
  })
}

/** Names come from wherever ssh was typed, and may be of any length. */
function shorten(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name
}
