import { BywayError } from '../core/errors.ts'
import type { Means } from '../core/means.ts'
import type { Route, Technology } from '../core/types.ts'
import { stateOfProgram } from './command.ts'

/** Through another machine: `ssh -W` on the last of the jump hosts, which byway may reach as well. */
export function makeJump(means: Means): Technology {
  return {
    name: 'jump',
    state: async () => stateOfProgram('ssh', means),
    dial: async (route, attempt) => {
      const jumps = jumpsOf(route)
      if (attempt.untouched) return means.relayed(route, attempt)
      const host = await means.reveal(route.host.at, route.clan, attempt)
      const target = { host, port: route.port }
      return means.command(await means.jumpCommand(jumps, target, route.machine), attempt)
    },
  }
}

function jumpsOf({ host, network }: Route): readonly string[] {
  const jumps = host.jump ?? network.settings.jump?.split(',')
  if (jumps !== undefined) return jumps
  throw new BywayError('CONFIG', `network "${network.name}": no "jump" names its jump host`, {
    hint: `set networks.${network.name}.jump to a machine or to "user@host:port"`,
  })
}
