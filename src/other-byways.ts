import { withoutKeys } from './children/environment.ts'
import { BywayError } from './core/errors.ts'
import { joinHostPort } from './core/host-port.ts'
import { findCircle, type Hop } from './core/jumps.ts'
import type { Means, Program } from './core/means.ts'
import { isOnionName } from './core/onion.ts'
import { SSH_PORT, userOf } from './core/resolve.ts'
import { Secret } from './core/secret.ts'
import type { Machine, Route } from './core/types.ts'
import { Identities, identityOptions } from './identities.ts'
import { optionLinesOf } from './machine-options.ts'
import type { MeansContext } from './means.ts'
import { findOwnMachine } from './own-machine.ts'
import { ownCommand } from './self.ts'
import { sourceFlags } from './source-flags.ts'
import { makeProxyCommand, quoteCommand } from './ssh/proxy-command.ts'

/**
 * The machines as whose jump host a byway was started, with commas: it comes through ssh, and
 * through whatever ssh's configuration starts, to each byway that this one depends on.
 */
const VIA = 'BYWAY_VIA'

/**
 * Of every ssh on the way: nobody is there to be asked, its words are kept for the error, and it is
 * no master, on which sessions of the user's would end with it; it uses one that is there.
 */
const OWN_OPTIONS = ['BatchMode=yes', 'LogLevel=INFO', 'ControlMaster=no', 'ProxyUseFdpass=no']

/** The command line of a byway that relays one route's network, and tells what comes of it. */
export function relayCommand({ machine, network, port }: Route, { flags }: MeansContext): string[] {
  const options = ['--tell-up', '-n', network.name, ...sourceFlags(flags)]
  return [...ownCommand(), 'connect', ...options, machine, String(port)]
}

/** See `Means.jumpProgram`. */
export async function jumpProgram(
  [jumps, target, machine]: Parameters<Means['jumpProgram']>,
  context: MeansContext,
): Promise<Omit<Program, 'secrets'> | null> {
  const via = [...(process.env[VIA]?.split(',') ?? []), machine]
  const circle = findAnyCircle(jumps, via, context)
  if (circle !== null) throw inCircle(circle)
  const [first] = jumps
  const own = findOwnMachine(context.inventory)
  const here = first !== undefined && own !== null && find(first, context)?.name === own.name
  const hops = here ? jumps.slice(1) : jumps
  if (hops.length === 0) return null
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  return {
    words: await through(hops, { host, port: target.port }, context),
    env: { ...environmentFor(hops, context), [VIA]: via.join(',') },
  }
}

/** The way to a machine of the inventory is another byway, which may have to open secrets. */
function environmentFor([first]: readonly Hop[], context: MeansContext) {
  const isMachine = first !== undefined && find(first, context) !== null
  return isMachine ? process.env : withoutKeys(process.env)
}

function findAnyCircle(
  [first]: readonly Hop[],
  via: readonly string[],
  context: MeansContext,
): readonly string[] | null {
  const name = via.at(-1) ?? ''
  if (via.indexOf(name) < via.length - 1) return via
  const jump = first === undefined ? null : find(first, context)
  return jump === null ? null : findCircle(jump, via, (other) => context.inventory.find(other))
}

function find({ host }: Hop, { inventory }: MeansContext): Machine | null {
  return inventory.find(host)
}

/** `ssh -W` on the last of the hops, to which the ones before it are the way. */
async function through(
  hops: readonly Hop[],
  target: { readonly host: string; readonly port: number },
  context: MeansContext,
): Promise<string[]> {
  const last = hops.at(-1) as Hop
  const before = hops.slice(0, -1)
  const machine = before.length === 0 ? find(last, context) : null
  if (machine === null && isOnionName(last.host)) throw onionGateway()
  const way =
    machine === null ? await wayTo(last, before, context) : await wayToMachine(machine, context)
  const user = last.user ?? (machine === null ? null : userOf(machine))
  return [
    ...['ssh', '-W', joinHostPort(target.host, target.port)],
    ...[...OWN_OPTIONS, ...way].flatMap((option) => ['-o', option]),
    ...(user === null ? [] : ['-l', user]),
    ...(last.port === null ? [] : ['-p', String(last.port)]),
    ...['--', machine?.name ?? last.host],
  ]
}

async function wayTo(
  { host, port }: Hop,
  before: readonly Hop[],
  context: MeansContext,
): Promise<string[]> {
  if (before.length === 0) return []
  const command = await through(before, { host, port: port ?? SSH_PORT }, context)
  return [`ProxyCommand=${quoteCommand(command)}`]
}

async function wayToMachine(machine: Machine, { flags }: MeansContext): Promise<string[]> {
  const command = { self: ownCommand(), flags: sourceFlags(flags) }
  const identity = await new Identities(command).of(machine)
  return [
    `ProxyCommand=${makeProxyCommand({ ...command, fdpass: false })}`,
    ...identityOptions(identity),
    ...optionLinesOf(machine),
  ]
}

/** ssh, or the jump host before it, would ask name servers for it. */
function onionGateway(): BywayError {
  return new BywayError('UNAVAILABLE', 'a jump host is an onion name, which tor alone reaches', {
    hint: 'make it a machine with a network of technology "tor", and name that as the jump host',
  })
}

function inCircle(names: readonly string[]): BywayError {
  const text = `jump hosts go round in a circle: ${names.join(', ')}`
  return new BywayError('UNAVAILABLE', text, { hint: 'one of them needs another network' })
}
