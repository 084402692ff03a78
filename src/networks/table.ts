import type { Means } from '../core/means.ts'
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

/** Every technology that byway knows. A new one is a file beside this and a line here. */
const MAKERS = [
  makeDirect,
  makeSocks,
  makeTor,
  makeWireguard,
  makeZerotier,
  makeMycelium,
  makeYggdrasil,
  makeTailscale,
  makeTinc,
  makeIroh,
  makeCommand,
  makeJump,
  makeHttp,
]

/** The technologies by name, made with the given means of opening a stream. */
export function makeTechnologies(means: Means): ReadonlyMap<string, Technology> {
  return new Map(MAKERS.map((make) => make(means)).map((made) => [made.name, made]))
}
