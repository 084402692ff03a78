import { BywayError } from '../core/errors.ts'
import type { Means } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import { Secret } from '../core/secret.ts'
import type { Route, Technology } from '../core/types.ts'
import { requireProgram, stateOfProgram } from './command.ts'

/** The program that speaks iroh for us. */
const PROGRAM = 'dumbpipe'
/** A ticket of iroh's: a word for its kind, then base32 (RFC 4648) in lower case. */
const TICKET = /^[a-z2-7]+$/

/**
 * iroh, a peer-to-peer network that punches holes: `dumbpipe connect <ticket>`. The ticket is the
 * peer's host, for Clan the var `p2p-ssh-iroh-<instance>/ticket`.
 */
export function makeIroh(means: Means): Technology {
  return {
    name: 'iroh',
    state: async () => stateOfProgram(PROGRAM, means),
    dial: async (route, attempt) => {
      requireProgram(PROGRAM, means, 'install it: cargo install dumbpipe')
      if (attempt.untouched) return means.relayed(route, attempt)
      const host = await revealHost(route, means, attempt)
      const ticket = host.reveal().trim()
      if (!TICKET.test(ticket)) throw noTicket(route)
      // dumbpipe 0.40 takes a ticket from its command line, and from nowhere else
      const words = [PROGRAM, 'connect', ticket]
      return means.command({ words, secrets: [new Secret(ticket)] }, attempt)
    },
  }
}

function noTicket({ machine, network }: Route): BywayError {
  const text = `machine "${machine}": its host in network "${network.name}" is no ticket of iroh's`
  return new BywayError('DATAERR', text)
}
