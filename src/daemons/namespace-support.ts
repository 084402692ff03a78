import { accessSync, constants, readFileSync } from 'node:fs'
import type { Need } from './overlays/recipe.ts'

/** Something that a start needs and does not have. */
export interface Obstacle {
  readonly text: string
  /** what mends it, to be typed or done */
  readonly mend: string
}

/** What a namespace is made, connected and entered with. */
const NEEDS: readonly Need[] = [
  { program: 'unshare', debian: 'util-linux' },
  { program: 'nsenter', debian: 'util-linux' },
]
/** One of these gives it the outside. */
const OUTSIDES = ['pasta', 'slirp4netns']

/** Settings of the kernel that forbid ordinary users such namespaces: their value then, and else. */
const BANS: readonly (readonly [setting: string, banned: string, free: string])[] = [
  ['user.max_user_namespaces', '0', '10000'],
  ['kernel.unprivileged_userns_clone', '0', '1'],
  ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
]
const NOT_LINUX = { text: 'network namespaces are only had on Linux', mend: 'start it by hand' }
const NO_TUN = { text: '/dev/net/tun cannot be opened', mend: 'sudo chmod 666 /dev/net/tun' }
const NO_OUTSIDE = { text: 'no program "pasta" or "slirp4netns"', mend: 'sudo apt install passt' }

/** Why there can be no network namespace of our own, as far as that is seen without trying. */
export function obstaclesToNamespace(find: (program: string) => string | null): Obstacle[] {
  if (process.platform !== 'linux') return [NOT_LINUX]
  const outside = OUTSIDES.some((program) => find(program) !== null)
  return [
    ...(process.geteuid?.() === 0 ? [] : BANS).flatMap(explainBan),
    ...(canUseTun() ? [] : [NO_TUN]),
    ...NEEDS.filter(({ program }) => find(program) === null).map(missing),
    ...(outside ? [] : [NO_OUTSIDE]),
  ]
}

/** A program that is not there. */
export function missing(need: Need): Obstacle {
  const mend = 'debian' in need ? `sudo apt install ${need.debian}` : `install ${need.source}`
  return { text: `no program "${need.program}"`, mend }
}

function explainBan([setting, banned, free]: (typeof BANS)[number]): Obstacle[] {
  if (readSetting(setting) !== banned) return []
  const text = `user namespaces are forbidden (${setting} is ${banned})`
  return [{ text, mend: `sudo sysctl ${setting}=${free}` }]
}

/** A setting as sysctl(8) names it; null: this kernel has none of it. */
function readSetting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim()
  } catch {
    return null
  }
}

function canUseTun(): boolean {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
