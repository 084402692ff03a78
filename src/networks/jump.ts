import { BywayError } from '../core/errors.ts'
import { type Hop, jumpsOf } from '../core/jumps.ts'
import type { Means } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import { shortenOnion } from '../core/show.ts'
import type { Network, Route, Technology } from '../core/types.ts'
import { stateOfProgram } from './command.ts'

/** What can be done where ssh would have asked, which it cannot while networks are raced. */
const REMEDIES: readonly (readonly [said: RegExp, hint: string])[] = [
  [/Permission denied/, 'the key of the jump host has to open it by itself: ssh-add it'],
  [
    /Host key verification failed/,
    'log in to the jump host by itself once: ssh asks about its key',
  ],
]

/** Through another machine: `ssh -W` on the last of the jump hosts, which byway may reach as well. */
export function makeJump(means: Means): Technology {
  return {
    name: 'jump',
    state: async (network) => stateOf(network, means),
    dial: async (route, attempt) => {
      const jumps = requireJumps(route)
      if (attempt.untouched) return means.relayed(route, attempt)
      const host = await revealHost(route, means, attempt)
      const target = { host, port: route.port }
      const program = await means.jumpProgram(jumps, target, route.machine)
      if (program === null) return means.tcp(target, attempt)
      const secrets = 'plain' in route.host.at ? [] : [host]
      return means.command({ ...program, secrets, hint: findRemedy }, attempt)
    },
  }
}

function findRemedy(said: string): string | undefined {
  return REMEDIES.find(([words]) => words.test(said))?.[1]
}

function stateOf({ settings }: Network, means: Means) {
  const { state, detail } = stateOfProgram('ssh', means)
  if (settings.jump === undefined) return { state, detail }
  return { state, detail: `${detail}, through ${shortenOnion(settings.jump)}` }
}

function requireJumps(route: Route): readonly Hop[] {
  const jumps = jumpsOf(route)
  if (jumps !== null) return jumps
  const { name } = route.network
  throw new BywayError('CONFIG', `network "${name}": no "jump" names its jump host`, {
    hint: `set networks.${name}.jump to a machine or to "user@host:port"`,
  })
}
