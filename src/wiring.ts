import type { GlobalFlags } from './arguments.ts'
import { BywayError } from './core/errors.ts'
import { nearest } from './core/nearest.ts'
import { Secret } from './core/secret.ts'
import type { Machine, Means, Technology, Tell } from './core/types.ts'
import { readExcerpt } from './inventory/excerpt.ts'
import { type OpenedInventory, openInventory } from './inventory/open.ts'
import { makeTechnologies } from './networks/table.ts'
import { dialTcp } from './transports/tcp.ts'

/** Everything that a command works with, made once. */
export interface World {
  readonly inventory: OpenedInventory
  readonly technologies: ReadonlyMap<string, Technology>
  /** seconds `timeout`; milliseconds `stagger` and `grace` */
  readonly settings: { readonly timeout: number; readonly stagger: number; readonly grace: number }
  readonly tell: Tell
  /** aborts when byway is asked to end */
  readonly signal: AbortSignal
  /** The machine of this name. Throws NOHOST with the nearest names. */
  findMachine(name: string): Machine
}

/** Opens the inventory that the flags, the environment and the configuration name. */
export async function makeWorld(flags: GlobalFlags, tell: Tell): Promise<World> {
  const inventory = await openInventory(flags, { env: process.env, tell })
  return {
    inventory,
    technologies: makeTechnologies(makeMeans(tell)),
    settings: inventory.header.settings,
    tell,
    signal: new AbortController().signal,
    findMachine: (name) => findMachine(name, inventory),
  }
}

/** The rooms that open streams and read secrets, each loaded when it is first needed. */
function makeMeans(tell: Tell): Means {
  return {
    tcp: dialTcp,
    socks: async (proxy, target, attempt) => {
      const { dialSocks } = await import('./transports/socks.ts')
      return dialSocks(proxy, target, attempt)
    },
    speaksSocks: async (proxy, signal) => {
      const { speaksSocks } = await import('./transports/socks-proxy.ts')
      return speaksSocks(proxy, signal)
    },
    reveal: async ({ host: { at }, clan }, attempt) => {
      if ('plain' in at) return new Secret(at.plain)
      if ('excerpt' in at) return readExcerpt(at.excerpt)
      attempt.stage('var')
      const { resolveVar } = await import('./vars/resolve.ts')
      return resolveVar(clan, at.var, { signal: attempt.signal, tell, env: process.env })
    },
    readSetting: (setting) =>
      typeof setting === 'string'
        ? Promise.resolve(new Secret(setting))
        : Promise.resolve(readExcerpt(setting.excerpt)),
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
