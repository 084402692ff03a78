import type { Lab } from '../helpers/hosts.ts'
import type { ToolName } from '../helpers/tools.ts'
import { type FarSide, makeTailscale, makeTinc, makeWireguard, makeYggdrasil } from './far-sides.ts'

/** An overlay, and by which program byway starts it. */
export interface Case {
  readonly title: string
  far(lab: Lab): Promise<FarSide>
  /** those that are not Debian's, for the user's PATH */
  readonly programs: readonly ToolName[]
  /** what `list` says of it */
  readonly detail: RegExp
  /** processes that there are to kill, at least; null: one that is started again is reached late */
  readonly processes: number | null
}

/** What `list` says of those. */
const NAMESPACE = /^byway can start \S+, in a network namespace of its own$/
/** All that are real here. */
export const CASES: readonly Case[] = [
  { title: 'wireguard', far: makeWireguard, programs: [], detail: NAMESPACE, processes: 9 },
  { title: 'yggdrasil', far: makeYggdrasil, programs: [], detail: NAMESPACE, processes: 9 },
  { title: 'tinc', far: makeTinc, programs: [], detail: NAMESPACE, processes: 9 },
  {
    title: 'wireproxy',
    far: makeWireguard,
    programs: ['wireproxy'],
    detail: /^byway can start wireproxy$/,
    processes: 5,
  },
  {
    title: 'tailscaled',
    far: makeTailscale,
    programs: ['tailscaled', 'tailscale'],
    detail: /^byway can start tailscaled$/,
    processes: null,
  },
]
