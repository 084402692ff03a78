import { mycelium } from './mycelium.ts'
import type { Recipe } from './recipe.ts'
import { tailscale } from './tailscale.ts'
import { tinc } from './tinc.ts'
import { wireguard, wireproxy } from './wireguard.ts'
import { yggdrasil, yggstack } from './yggdrasil.ts'
import { zerotier } from './zerotier.ts'

/** How byway starts what a technology needs: the first that this computer can do is taken. */
export const RECIPES: Readonly<Record<string, readonly Recipe[]>> = {
  wireguard: [wireproxy, wireguard],
  yggdrasil: [yggstack, yggdrasil],
  tinc: [tinc],
  mycelium: [mycelium],
  zerotier: [zerotier],
  tailscale: [tailscale],
}
