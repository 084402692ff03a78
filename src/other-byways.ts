import { BywayError } from './core/errors.ts'
import { joinHostPort, splitHostPort } from './core/host-port.ts'
import type { Means } from './core/means.ts'
import { userOf } from './core/resolve.ts'
import { Secret } from './core/secret.ts'
import type { Route } from './core/types.ts'
import type { MeansContext } from './means.ts'
import { ownCommand } from './self.ts'
import { sourceFlags } from './source-flags.ts'
import { makeProxyCommand } from './ssh/proxy-command.ts'

/** The command line of a byway that relays one route's network, and says so when it is up. */
export function relayCommand({ machine, network, port }: Route, { flags }: MeansContext): string[] {
  const options = ['--tell-up', '-n', network.name, ...sourceFlags(flags), ...viaFlags(flags.via)]
  return [...ownCommand(), 'connect', ...options, machine, String(port)]
}

/**
 * The command line of `ssh -W` through jump hosts, the last of which ssh logs in to. A machine of
 * the inventory is reached by a byway of its own, which is told whence it was called, so that
 * two machines that are each other's jump hosts do not call each other for ever. Throws
 * UNAVAILABLE for such a circle.
 */
export function jumpCommand(
  [jumps, target, machine]: Parameters<Means['jumpCommand']>,
  { flags, inventory }: MeansContext,
): string[] {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const last = jumps.at(-1) ?? ''
  const before = jumps.slice(0, -1)
  const via = [...flags.via, machine]
  if (via.includes(last)) throw circle(machine, last)
  const jump = before.length === 0 ? inventory.find(last) : null
  const words = ['ssh', '-W', joinHostPort(host, target.port)]
  if (jump === null) return [...words, ...chain(before), ...plainHop(last)]
  const proxy = makeProxyCommand({
    self: ownCommand(),
    flags: [...sourceFlags(flags), ...viaFlags(via)],
    fdpass: false,
  })
  const user = userOf(jump)
  const login = user === null ? [] : ['-l', user]
  const options = [`ProxyCommand=${proxy}`, `HostKeyAlias=${jump.name}`, 'CheckHostIP=no']
  return [...words, ...options.flatMap((option) => ['-o', option]), ...login, '--', jump.name]
}

function chain(jumps: readonly string[]): string[] {
  return jumps.length === 0 ? [] : ['-J', jumps.join(',')]
}

/** `[user@]host[:port]` as ssh(1) takes it. */
function plainHop(hop: string): string[] {
  const at = hop.lastIndexOf('@')
  const place = splitHostPort(hop.slice(at + 1))
  if (place === null || place.host === '') {
    throw new BywayError('DATAERR', `jump host "${hop}": expected [user@]host[:port]`)
  }
  const user = at > 0 ? ['-l', hop.slice(0, at)] : []
  const port = place.port === null ? [] : ['-p', String(place.port)]
  return [...user, ...port, '--', place.host]
}

function viaFlags(via: readonly string[]): string[] {
  return via.flatMap((machine) => ['--via', machine])
}

function circle(machine: string, jump: string): BywayError {
  const text = `machine "${machine}" has "${jump}" as its jump host, which is reached through it`
  return new BywayError('UNAVAILABLE', text, { hint: 'one of the two needs another network' })
}
