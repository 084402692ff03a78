import type { Means } from '../core/means.ts'
import { learnTechnologies } from '../core/technologies.ts'
import type { Technology } from '../core/types.ts'
import { makeCommand } from './command.ts'
import { makeDirect } from './direct.ts'
import { makeHttp } from './http.ts'
import { makeIroh } from './iroh.ts'
import { makeJump } from './jump.ts'
import { makeMycelium } from './mycelium.ts'
import { makeSocks } from './socks.ts'
import { makeTailscale } from './tailscale.ts'
import { makeTinc } from './tinc.ts'
import { makeTor } from './tor.ts'
import { makeWireguard } from './wireguard.ts'
import { makeYggdrasil } from './yggdrasil.ts'
import { makeZerotier } from './zerotier.ts'

/** Every technology that byway knows, by its name. A new one is a file beside this and a line here. */
const MAKERS: Readonly<Record<string, (means: Means) => Technology>> = {
  direct: makeDirect,
  socks: makeSocks,
  tor: makeTor,
  wireguard: makeWireguard,
  zerotier: makeZerotier,
  mycelium: makeMycelium,
  yggdrasil: makeYggdrasil,
  tailscale: makeTailscale,
  tinc: makeTinc,
  iroh: makeIroh,
  command: makeCommand,
  jump: makeJump,
  http: makeHttp,
}

learnTechnologies(Object.keys(MAKERS))

/** The technologies by name, made with the given means of opening a stream. */
export function makeTechnologies(means: Means): ReadonlyMap<string, Technology> {
  return new Map(Object.entries(MAKERS).map(([name, make]) => [name, make(means)]))
}
