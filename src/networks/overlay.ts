import type { Connection } from '../core/connection.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { parseIp } from '../core/ip.ts'
import type { Computer, Means, NetworkInterface } from '../core/means.ts'
import { printable } from '../core/printable.ts'
import { revealHost } from '../core/route-host.ts'
import type { Attempt, NetworkState, Route, Technology } from '../core/types.ts'
import { dialOnDemand } from './on-demand.ts'

/** Milliseconds in which whatever is asked of a daemon is answered, when only states are wanted. */
export const STATE_LIMIT = 80
/** The same where a connection depends on it: a busy computer is no absent network. */
export const DIAL_LIMIT = 1000
/** Milliseconds after which a connection that is not there is looked into. */
const SLOW = 500
/** What connect(2) says where a network knows no way. */
const UNREACHABLE = ['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']

/** A network whose peers are dialled by TCP, through an interface of its own. */
export interface Overlay {
  readonly name: string
  /** what its interfaces are known by: `no interface with …` is said when there is none */
  readonly sign: string
  /** Those of the computer's interfaces that are its own. */
  interfaces(computer: Computer): readonly NetworkInterface[]
  /** its daemon, asked where no interface is found */
  readonly daemon?: {
    /** where it is asked: `127.0.0.1:8989` */
    readonly places: string
    /** What it says of itself, for people; null: it does not run. */
    ask(computer: Computer, signal: AbortSignal): Promise<string | null> | string | null
  }
  /** More of its interfaces, for people. */
  detail?(computer: Computer, signal: AbortSignal): Promise<string | null>
  /** What is known of the peer at this address, for people whose connection takes long. */
  explain?(address: string, computer: Computer, signal: AbortSignal): Promise<string | null>
  /** what a person can do where it is absent */
  readonly hint: string
}

/** What was found of an overlay on this computer. */
interface Found extends NetworkState {
  readonly interfaces: readonly NetworkInterface[]
}

/** The technology of an overlay: absent, it fails at once; else TCP along the computer's routes. */
export function makeOverlay(overlay: Overlay, means: Means): Technology {
  const { name, detail } = overlay
  const { computer } = means
  return {
    name,
    state: async (network, signal) => {
      const bounded = within(STATE_LIMIT, signal)
      const { state, interfaces, detail: found } = await find(overlay, computer, bounded)
      const daemon = state === 'absent' ? await means.networkDaemon(network) : null
      if (daemon !== null) return daemon.state()
      const more = interfaces.length > 0 ? await detail?.(computer, bounded) : null
      return { state, detail: more == null ? found : `${found}, ${more}` }
    },
    dial: (route, attempt) => dial(route, attempt, { overlay, means }),
  }
}

/** The signal, or the end of so many milliseconds: whichever comes first. */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)])
}

/** What stands at a path of names in a JSON value; undefined: nothing. */
export function memberOf(value: unknown, ...names: readonly string[]): unknown {
  let found = value
  for (const name of names) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.hasOwn(found, name) ? Reflect.get(found, name) : undefined
  }
  return found
}

/** A text of a JSON value as it can be shown; null: there is none. */
export function textOf(value: unknown, ...names: readonly string[]): string | null {
  const found = memberOf(value, ...names)
  return typeof found === 'string' ? printable(found.slice(0, 200)) : null
}

interface Dial {
  readonly overlay: Overlay
  readonly means: Means
}

/** First what costs nothing: a host may have to be decrypted. */
async function dial(route: Route, attempt: Attempt, { overlay, means }: Dial): Promise<Connection> {
  const { computer } = means
  attempt.stage('state')
  const found = await find(overlay, computer, within(DIAL_LIMIT, attempt.signal))
  attempt.signal.throwIfAborted()
  const daemon = await means.networkDaemon(route.network)
  if (found.state === 'absent') {
    if (daemon !== null) return dialOnDemand(daemon, route, { means, attempt })
    throw absent(overlay, found.detail)
  }
  const host = await revealHost(route, means, attempt)
  const address = host.reveal()
  const astray = parseIp(address) === null ? null : await findAstray(address, found, means)
  if (astray !== null) {
    // it runs, and leads elsewhere: another network of the same kind
    if (daemon !== null) return dialOnDemand(daemon, route, { means, attempt })
    throw notCarried(overlay, address, astray)
  }
  const connected = new AbortController()
  const signal = AbortSignal.any([attempt.signal, connected.signal])
  const watch = setTimeout(() => {
    void explain(address, { ...attempt, signal }, { overlay, means })
  }, SLOW)
  try {
    return await means.tcp({ host, port: route.port }, attempt)
  } catch (error) {
    throw isNowhere(error) ? nowhere(overlay, error) : error
  } finally {
    clearTimeout(watch)
    connected.abort()
  }
}

async function find(overlay: Overlay, computer: Computer, signal: AbortSignal): Promise<Found> {
  const interfaces = overlay.interfaces(computer)
  if (interfaces.length > 0) {
    return { state: 'running', detail: interfaces.map(describe).join(', '), interfaces }
  }
  const nothing = `no interface with ${overlay.sign}`
  const { daemon } = overlay
  if (daemon === undefined) return { state: 'absent', detail: nothing, interfaces }
  const said = await daemon.ask(computer, signal)
  if (said !== null) return { state: 'running', detail: `${said}, ${nothing}`, interfaces }
  return { state: 'absent', detail: `${nothing}, no answer at ${daemon.places}`, interfaces }
}

function describe({ name, addresses }: NetworkInterface): string {
  const shown = addresses.filter((address) => !address.startsWith('fe80:'))
  return shown.length === 0 ? name : `${name} (${shown.join(', ')})`
}

/** True when the overlay itself says that it has no way to the peer (ICMP, or no route at all). */
function isNowhere(error: unknown): boolean {
  const code = memberOf(error, 'code')
  if (typeof code === 'string') return UNREACHABLE.includes(code)
  return error instanceof Error && error.cause !== undefined && isNowhere(error.cause)
}

function nowhere({ name }: Overlay, cause: unknown): BywayError {
  return new BywayError('UNAVAILABLE', `${name}: ${messageOf(cause)}`, {
    hint: 'is the machine on, and in this network?',
    skipped: true,
    cause,
  })
}

/** How an address that the overlay does not carry would be looked for elsewhere; null: it does. */
async function findAstray(
  address: string,
  { interfaces }: Found,
  { computer }: Means,
): Promise<string | null> {
  const own = interfaces.map(({ name }) => name)
  const device = await computer.routeTo(address)
  if (device !== null && (own.length === 0 || own.includes(device))) return null
  // a policy rule leads there, whatever the main table says
  const source = device === null ? null : await computer.sourceFor(address)
  if (interfaces.some(({ addresses }) => addresses.includes(source ?? ''))) return null
  const where = device === null ? 'there is no route' : `the route leads into ${device}`
  const wanted = own.length === 0 ? '' : `, not into ${own.join(' or ')}`
  return `${where} to ${address}${wanted}`
}

/** In silence, perhaps: whoever is asked may not answer. */
function notCarried({ name }: Overlay, address: string, astray: string): BywayError {
  return new BywayError('UNAVAILABLE', `${name}: ${astray}`, {
    hint: `see "ip route get ${address}": is the peer in this network?`,
    skipped: true,
  })
}

async function explain(address: string, attempt: Attempt, { overlay, means }: Dial): Promise<void> {
  const { signal } = attempt
  const known = await overlay.explain?.(address, means.computer, within(DIAL_LIMIT, signal))
  // what came of the connection meanwhile is a later stage
  if (known != null && !signal.aborted) attempt.stage('connect', known)
}

function absent({ name, hint }: Overlay, detail: string): BywayError {
  return new BywayError('UNAVAILABLE', `${name} does not run here: ${detail}`, {
    hint,
    skipped: true,
  })
}
