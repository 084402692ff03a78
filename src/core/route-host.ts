import { BywayError } from './errors.ts'
import { parseIp } from './ip.ts'
import type { Means } from './means.ts'
import { isOnionName, requireNoOnion } from './onion.ts'
import { technologyOf } from './resolve.ts'
import type { Secret } from './secret.ts'
import { isTicket } from './secret-host.ts'
import type { Attempt, Location, Route, VarReference } from './types.ts'

/**
 * A route's host, read from where it is, as what dials the route may be told it. Tor alone gets an
 * onion name. An inventory may name any var, and a way on which its value would be sent to somebody:
 * one that is no public var has to be an address, an onion name or a ticket, unless the inventory is
 * trusted wholly. Throws what `Means.reveal` throws, UNAVAILABLE and DATAERR, without the value.
 */
export async function revealHost(
  route: Route,
  means: Pick<Means, 'reveal' | 'trusts'>,
  attempt: Attempt,
): Promise<Secret> {
  const { at } = route.host
  const technology = technologyOf(route)
  const host = await means.reveal(at, route.clan, attempt)
  if (technology !== 'tor') requireNoOnion(host)
  if (!isSecretVar(at, host)) return host
  if (isPlace(host.reveal(), technology) || means.trusts(route.network)) return host
  throw isNoPlace(at.var)
}

/** True for a host that stands in a var which had to be decrypted. */
export function isSecretVar(at: Location, host: Secret): at is { readonly var: VarReference } {
  return 'var' in at && !host.isPublic
}

/**
 * True for what tells nothing but where a machine is, to those alone who bring one there. A `command`
 * is the user's own where the inventory is not trusted: a ticket may be what it is for.
 */
function isPlace(text: string, technology: string): boolean {
  if (technology === 'tor' && isOnionName(text)) return true
  const takesTickets = technology === 'iroh' || technology === 'command'
  return isIpAddress(text) || (takesTickets && isTicket(text))
}

/** With a zone, which is an interface's name, where it is one of IPv6. */
function isIpAddress(text: string): boolean {
  return parseIp(text) !== null && /^[\d.]+$|^[\da-f:]+%[\w.-]{1,15}$|^[\da-f:.]+$/i.test(text)
}

function isNoPlace({ machine, generator, file }: VarReference): BywayError {
  const name = JSON.stringify(`${machine}/${generator}/${file}`)
  const text = `var ${name} is a secret, and no address, onion name or ticket: nobody is told it`
  return new BywayError('DATAERR', text, {
    hint: 'make it a public var; or set "allowCommands" in your own configuration, if you trust this inventory with all vars',
  })
}
