import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import type { Means, SocketAddress } from '../core/means.ts'
import { revealHost } from '../core/route-host.ts'
import type { Attempt, NetworkState, Route, Technology } from '../core/types.ts'
import { DIAL_LIMIT, STATE_LIMIT, within } from './overlay.ts'
import { makeSocks } from './socks.ts'
import {
  askTailnet,
  findInterfaces,
  findPeer,
  LOCAL_API_HOST,
  PLACES,
  SIGN,
  type Tailnet,
  type TailnetPeer,
} from './tailnet.ts'

/** Milliseconds in which a peer answers that the coordination server does not see. */
const OFFLINE_LIMIT = 3000
const HINTS: Readonly<Record<string, string>> = {
  NeedsLogin: 'log in: "tailscale up"',
  NeedsMachineAuth: 'an administrator of the tailnet has to approve this computer',
  Stopped: 'connect: "tailscale up"',
}

/**
 * Tailscale, and whatever speaks with tailscaled (headscale). Names are those of MagicDNS, resolved
 * from the daemon's status. TCP where it has an interface; else the daemon gives the stream. With
 * `socks` in the network's settings, that daemon's SOCKS5 port instead of all this.
 */
export function makeTailscale(means: Means): Technology {
  const viaSocks = makeSocks(means)
  return {
    name: 'tailscale',
    state: async (network, signal) => {
      if (network.settings.socks !== undefined) return viaSocks.state(network, signal)
      const bounded = within(STATE_LIMIT, signal)
      const tailnet = await askTailnet(means.computer, false, { signal: bounded })
      const found = tailnet === null ? withoutDaemon(means) : stateOf(tailnet)
      const daemon = found.state === 'absent' ? await means.networkDaemon(network) : null
      return daemon?.state() ?? found
    },
    dial: async (route, attempt) => {
      if (route.network.settings.socks !== undefined) return viaSocks.dial(route, attempt)
      attempt.stage('state')
      const tailnet = await findTailnet(route, { means, attempt })
      const host = await revealHost(route, means, attempt)
      if (tailnet === null) return means.tcp({ host, port: route.port }, attempt)
      return dialPeer(host.reveal(), route, { tailnet, means, attempt })
    },
  }
}

/** The one that runs, else one of byway's own; null: one that cannot be asked. Throws UNAVAILABLE. */
async function findTailnet(
  { network, clan }: Route,
  { means, attempt }: Omit<Dial, 'tailnet'>,
): Promise<Tailnet | null> {
  const ask = (sockets?: readonly SocketAddress[]) => {
    const signal = within(DIAL_LIMIT, attempt.signal)
    const where = sockets === undefined ? {} : { sockets }
    return askTailnet(means.computer, true, { signal, ...where })
  }
  const found = await ask()
  attempt.signal.throwIfAborted()
  const { state, detail } = found === null ? withoutDaemon(means) : stateOf(found)
  if (state !== 'absent') return found
  const daemon = await means.networkDaemon(network)
  if (daemon === null) throw absent(detail, found)
  attempt.stage('start')
  const way = await daemon.lease(attempt, clan)
  const own = 'localApi' in way ? await ask([{ path: way.localApi }]) : null
  if (own !== null) return own
  throw absent("byway's own tailscaled does not answer", null)
}

interface Dial {
  readonly tailnet: Tailnet
  readonly means: Means
  readonly attempt: Attempt
}

function dialPeer(host: string, route: Route, dial: Dial): Promise<Connection> {
  const peer = findPeer(host, dial.tailnet)
  const known = peer === null || peer.addresses.includes(host) ? undefined : peer.addresses[0]
  const target = { host: known ?? host, port: route.port }
  if (peer === null || peer.online) return connect(target, dial)
  return dialOffline(peer, target, dial)
}

/** Offline is what the coordination server thinks: worth a try when there is nothing better. */
async function dialOffline(
  { name, lastSeen }: TailnetPeer,
  target: { host: string; port: number },
  dial: Dial,
): Promise<Connection> {
  const { attempt } = dial
  const seen = lastSeen === null ? '' : `, last seen ${lastSeen}`
  const offline = `"${name}" is offline in the tailnet${seen}`
  attempt.stage('state', offline)
  await attempt.mayStart()
  const bounded: Attempt = {
    signal: within(OFFLINE_LIMIT, attempt.signal),
    untouched: attempt.untouched,
    stage: (stage, detail) => attempt.stage(stage, detail),
    mayStart: () => attempt.mayStart(),
  }
  try {
    return await connect(target, { ...dial, attempt: bounded })
  } catch (cause) {
    attempt.signal.throwIfAborted()
    throw new BywayError('UNAVAILABLE', `tailscale: ${offline}`, {
      hint: 'is the machine on, and tailscaled running there?',
      cause,
    })
  }
}

function connect(
  target: { host: string; port: number },
  { tailnet, means, attempt }: Dial,
): Promise<Connection> {
  if (tailnet.hasInterface) return means.tcp(target, attempt)
  const service = { at: tailnet.at, description: 'tailscaled' }
  const request = {
    method: 'POST',
    path: '/localapi/v0/dial',
    protocol: 'ts-dial',
    headers: {
      Host: LOCAL_API_HOST,
      'Dial-Host': target.host,
      'Dial-Port': String(target.port),
    },
  }
  return means.upgrade(service, request, attempt)
}

function stateOf({ state, version, addresses, hasInterface }: Tailnet): NetworkState {
  const how = hasInterface ? addresses.join(', ') : 'without an interface'
  const detail = `tailscaled ${version} is ${state}${state === 'Running' ? `, ${how}` : ''}`
  return { state: state === 'Running' ? 'running' : 'absent', detail }
}

function withoutDaemon({ computer }: Means): NetworkState {
  const names = findInterfaces(computer).map(({ name }) => name)
  if (names.length > 0) {
    return { state: 'running', detail: `${names.join(', ')}, tailscaled cannot be asked` }
  }
  return { state: 'absent', detail: `no answer at ${PLACES}, no interface with ${SIGN}` }
}

function absent(detail: string, tailnet: Tailnet | null): BywayError {
  const hint = HINTS[tailnet?.state ?? ''] ?? 'start tailscaled'
  return new BywayError('UNAVAILABLE', `tailscale does not run here: ${detail}`, {
    hint,
    skipped: true,
  })
}
