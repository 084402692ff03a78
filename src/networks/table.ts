import type { Means } from '../core/means.ts'
import { learnTechnologies } from '../core/technologies.ts'
import type { Technology } from '../core/types.ts'
import { makeDirect } from './direct.ts'

type Make = (means: Means) => Technology

/**
 * Every technology that byway knows, by its name. A new one is a file beside this and a line here,
 * which loads it when it is used.
 */
const MAKERS: Readonly<Record<string, () => Promise<Make>>> = {
  direct: async () => makeDirect,
  socks: async () => (await import('./socks.ts')).makeSocks,
  tor: async () => (await import('./tor.ts')).makeTor,
  wireguard: async () => (await import('./wireguard.ts')).makeWireguard,
  zerotier: async () => (await import('./zerotier.ts')).makeZerotier,
  mycelium: async () => (await import('./mycelium.ts')).makeMycelium,
  yggdrasil: async () => (await import('./yggdrasil.ts')).makeYggdrasil,
  tailscale: async () => (await import('./tailscale.ts')).makeTailscale,
  tinc: async () => (await import('./tinc.ts')).makeTinc,
  iroh: async () => (await import('./iroh.ts')).makeIroh,
  command: async () => (await import('./command.ts')).makeCommand,
  jump: async () => (await import('./jump.ts')).makeJump,
  http: async () => (await import('./http.ts')).makeHttp,
}

learnTechnologies(Object.keys(MAKERS))

/** The technologies by name, made with the given means of opening a stream. */
export function makeTechnologies(means: Means): ReadonlyMap<string, Technology> {
  return new Map(
    Object.entries(MAKERS).map(([name, load]) => {
      return [name, whenUsed(name, async () => (await load())(means))]
    }),
  )
}

function whenUsed(name: string, make: () => Promise<Technology>): Technology {
  let made: Promise<Technology> | undefined
  const get = () => {
    made ??= make()
    return made
  }
  return {
    name,
    state: async (network, signal) => (await get()).state(network, signal),
    dial: async (route, attempt) => (await get()).dial(route, attempt),
  }
}
