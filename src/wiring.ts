import { hostname } from 'node:os'
import type { GlobalFlags } from './arguments.ts'
import { BywayError } from './core/errors.ts'
import { nearest } from './core/nearest.ts'
import type { Machine, Technology, Tell } from './core/types.ts'
import { type OpenedInventory, openInventory } from './inventory/open.ts'
import { makeMeans } from './means.ts'
import { makeTechnologies } from './networks/table.ts'

/** Everything that a command works with, made once. */
export interface World {
  readonly inventory: OpenedInventory
  readonly technologies: ReadonlyMap<string, Technology>
  /** seconds `timeout`; milliseconds `stagger` and `grace` */
  readonly settings: { readonly timeout: number; readonly stagger: number; readonly grace: number }
  readonly tell: Tell
  /** aborts when byway is asked to end */
  readonly signal: AbortSignal
  /** The machine of the inventory that this computer is; null: none of them. */
  self(): Machine | null
  /** The machine of this name. Throws NOHOST with the nearest names. */
  findMachine(name: string): Machine
}

/** How byway speaks to the person while it works. */
export interface Voice {
  readonly tell: Tell
  /** shows what takes long, in place of what it showed before; null: it is over */
  progress(text: string | null): void
}

/** Opens the inventory that the flags, the environment and the configuration name. */
export async function makeWorld(flags: GlobalFlags, voice: Voice): Promise<World> {
  const { tell } = voice
  const { env } = process
  const inventory = await openInventory(flags, { env, tell })
  const means = makeMeans({ flags, voice, inventory })
  return {
    inventory,
    technologies: makeTechnologies(means),
    settings: inventory.header.settings,
    tell,
    signal: new AbortController().signal,
    self: () => inventory.find(inventory.header.self ?? hostname().split('.')[0] ?? ''),
    findMachine: (name) => findMachine(name, inventory),
  }
}

function findMachine(name: string, inventory: OpenedInventory): Machine {
  const machine = inventory.find(name)
  if (machine !== null) return machine
  const names = Array.from(inventory.machines(), (known) => known.name)
  const near = nearest(name, names)
  throw new BywayError('NOHOST', `no machine "${name}" in the inventory`, {
    hint: near.length > 0 ? `did you mean ${near.join(', ')}?` : undefined,
  })
}
