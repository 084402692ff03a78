import type { GlobalFlags } from './arguments.ts'
import { BywayError } from './core/errors.ts'
import { nearest } from './core/nearest.ts'
import { Secret } from './core/secret.ts'
import type { Attempt, Location, Machine, Means, Technology, Tell } from './core/types.ts'
import type { DaemonContext } from './daemon-wiring.ts'
import { readExcerpt, readSecretFile } from './inventory/excerpt.ts'
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

/** How byway speaks to the person while it works. */
export interface Voice {
  readonly tell: Tell
  /** shows what takes long, in place of what it showed before; null: it is over */
  progress(text: string | null): void
}

/** Opens the inventory that the flags, the environment and the configuration name. */
export async function makeWorld(flags: GlobalFlags, voice: Voice): Promise<World> {
  const { tell, progress } = voice
  const { env } = process
  const inventory = await openInventory(flags, { env, tell })
  const means = makeMeans(tell, { env, entries: inventory.header.daemons, progress })
  return {
    inventory,
    technologies: makeTechnologies(means),
    settings: inventory.header.settings,
    tell,
    signal: new AbortController().signal,
    findMachine: (name) => findMachine(name, inventory),
  }
}

/** The rooms that open streams and read secrets, each loaded when it is first needed. */
function makeMeans(tell: Tell, daemons: DaemonContext): Means {
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
    reveal: (at, clan, attempt) => reveal(at, clan, { attempt, tell }),
    readSetting: async (setting) =>
      typeof setting === 'string' ? new Secret(setting) : readExcerpt(setting.excerpt),
    daemon: (name) => ({
      state: async () => (await loadDaemon(name, daemons)).state(),
      lease: async (attempt) => (await loadDaemon(name, daemons)).lease(attempt),
    }),
  }
}

async function loadDaemon(name: string, context: DaemonContext) {
  const { makeDaemon } = await import('./daemon-wiring.ts')
  return makeDaemon(name, context)
}

async function reveal(
  at: Location,
  clan: string | null,
  { attempt, tell }: { attempt: Attempt; tell: Tell },
): Promise<Secret> {
  if ('plain' in at) return new Secret(at.plain)
  if ('excerpt' in at) return readExcerpt(at.excerpt)
  attempt.stage('var')
  if ('file' in at) return readSecretFile(at.file)
  const { resolveVar } = await import('./vars/resolve.ts')
  return resolveVar(clan, at.var, { signal: attempt.signal, tell, env: process.env })
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
