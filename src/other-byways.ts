import { withoutKeys } from './children/environment.ts'
import { BywayError } from './core/errors.ts'
import { joinHostPort } from './core/host-port.ts'
import { findCircle, type Hop } from './core/jumps.ts'
import type { Means, Program } from './core/means.ts'
import { isOnionName } from './core/onion.ts'
import { resolveRoutes, SSH_PORT, technologyOf, userOf } from './core/resolve.ts'
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
const OWN_OPTIONS = ['BatchMode=yes', 'LogLevel=INFO', 'ControlMaster=no']

/** Of one whose ProxyCommand is ours, whatever ssh's own configuration has for the host. */
const PIPED = 'ProxyUseFdpass=no'

/** Technologies whose hosts mean something to other computers as well. */
const PASSED_ON: ReadonlySet<string> = new Set(['direct', 'jump'])

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
    words: ['ssh', '-W', joinHostPort(host, target.port), ...(await through(hops, context))],
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

/** Behind the first a name that several sources have is ssh's to know, as one that none has. */
function findHop(hop: Hop, isFirst: boolean, context: MeansContext): Machine | null {
  try {
    return find(hop, context)
  } catch (error) {
    if (isFirst) throw error
    return null
  }
}

/** What `ssh -W` on the last of the hops is given, to which the ones before it are the way. */
async function through(hops: readonly Hop[], context: MeansContext): Promise<string[]> {
  const last = hops.at(-1) as Hop
  const before = hops.slice(0, -1)
  const isFirst = before.length === 0
  const machine = findHop(last, isFirst, context)
  if (isOnionName(last.host) && !(isFirst && machine !== null)) throw onionGateway()
  const place = isFirst || machine === null ? null : placeOf(machine, last)
  const way = isFirst ? wayToFirst(machine, context) : await wayBy(before, context)
  const known = machine === null ? [] : await knowAgain(machine, context)
  const user = last.user ?? (machine === null ? null : userOf(machine))
  const port = place?.port ?? last.port
  return [
    ...[...OWN_OPTIONS, ...way, ...(place?.options ?? []), ...known].flatMap((o) => ['-o', o]),
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...['--', (isFirst ? machine?.name : null) ?? last.host],
  ]
}

/** Of a machine, another byway's; of another host, what ssh's own configuration says. */
function wayToFirst(machine: Machine | null, { flags }: MeansContext): string[] {
  if (machine === null) return []
  const command = { self: ownCommand(), flags: sourceFlags(flags), fdpass: false }
  return [PIPED, `ProxyCommand=${makeProxyCommand(command)}`]
}

/** Where the hop is, ssh's own configuration says, as with ProxyJump: it fills in the tokens. */
async function wayBy(before: readonly Hop[], context: MeansContext): Promise<string[]> {
  const command = quoteCommand(await through(before, context))
  return [PIPED, `ProxyCommand=ssh -W "[%h]:%p" ${command}`]
}

/**
 * Where a machine is for the jump host before it, which is told no onion name, ticket or value of
 * a var. Null: the inventory has nothing else.
 */
function placeOf(machine: Machine, { port }: Hop) {
  const routes = resolveRoutes(machine, { networks: [], port: port ?? SSH_PORT })
  for (const route of routes) {
    const { at } = route.host
    if (!('plain' in at && PASSED_ON.has(technologyOf(route)))) continue
    return { options: [`HostName=${at.plain.replaceAll('%', '%%')}`], port: route.port }
  }
  return null
}

/** What a machine's own SSHOptions say, too. */
async function knowAgain(machine: Machine, { flags }: MeansContext): Promise<string[]> {
  const identities = new Identities({ self: ownCommand(), flags: sourceFlags(flags) })
  return [...identityOptions(await identities.of(machine)), ...optionLinesOf(machine)]
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
