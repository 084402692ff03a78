import type { Means } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { stateOfProgram } from './command.ts'

/** The program that speaks iroh for us. */
const PROGRAM = 'dumbpipe'

/**
 * iroh, a peer-to-peer network that punches holes: `dumbpipe connect <ticket>`. The ticket is the
 * peer's host, for Clan the var `p2p-ssh-iroh-<instance>/ticket`.
 */
export function makeIroh(means: Means): Technology {
  return {
    name: 'iroh',
    state: async () => stateOfProgram(PROGRAM, means),
    dial: async (route, attempt) => {
      if (attempt.untouched) return means.relayed(route, attempt)
      const ticket = await means.reveal(route.host.at, route.clan, attempt)
      // dumbpipe takes its ticket from the command line only
      return means.command([PROGRAM, 'connect', ticket], attempt)
    },
  }
}
