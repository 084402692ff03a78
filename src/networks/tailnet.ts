import { isWithin, parseIp } from '../core/ip.ts'
import type { Computer, NetworkInterface, SocketAddress } from '../core/means.ts'
import { memberOf, textOf } from './overlay.ts'

/** The Host that tailscaled wants to be called by (tailscale.com/client/tailscale/apitype). */
export const LOCAL_API_HOST = 'local-tailscaled.sock'

/** Where tailscaled's LocalAPI is: on Linux and BSD, on macOS without the app, on Synology. */
const SOCKETS: readonly SocketAddress[] = [
  { path: '/var/run/tailscale/tailscaled.sock' },
  { path: '/var/run/tailscaled.socket' },
  { path: '/var/packages/Tailscale/var/tailscaled.sock' },
]
/** Every node has an address of this range, and nobody else has. */
const RANGE = 'fd7a:115c:a1e0::/48'

/** What tailscaled says of itself. */
export interface Tailnet {
  readonly at: SocketAddress
  /** `Running`, `NeedsLogin`, `Stopped`, … */
  readonly state: string
  readonly version: string
  readonly addresses: readonly string[]
  /** whether it has an interface; else streams are had from the daemon only */
  readonly hasInterface: boolean
  readonly peers: readonly TailnetPeer[]
}

/** Another node. */
export interface TailnetPeer {
  /** its MagicDNS name, without the final dot */
  readonly name: string
  readonly hostname: string
  readonly addresses: readonly string[]
  /** whether it is connected to the coordination server */
  readonly online: boolean
  /** when it last was, where it is not; null: not known */
  readonly lastSeen: string | null
}

/** How tailscaled is asked. */
interface Asking {
  readonly signal: AbortSignal
  /** where; absent: where it usually is */
  readonly sockets?: readonly SocketAddress[]
}

/** Asks tailscaled, with all its peers or without; null: it does not answer. */
export async function askTailnet(
  computer: Computer,
  peers: boolean,
  { signal, sockets = SOCKETS }: Asking,
): Promise<Tailnet | null> {
  const path = `/localapi/v0/status${peers ? '' : '?peers=false'}`
  const question = { path, headers: { Host: LOCAL_API_HOST } }
  const answers = await Promise.all(
    sockets.map(async (at) => ({ at, answer: await computer.ask(at, question, signal) })),
  )
  const found = answers.find(({ answer }) => textOf(answer?.json, 'BackendState') !== null)
  return found === undefined ? null : readStatus(found.at, found.answer?.json)
}

/** The peer that a host of the inventory is: by address, MagicDNS name, its first part, hostname. */
export function findPeer(host: string, { peers }: Tailnet): TailnetPeer | null {
  const wanted = host.toLowerCase().replace(/\.$/, '')
  const tests: ((peer: TailnetPeer) => boolean)[] = [
    ({ addresses }) => addresses.includes(wanted),
    ({ name }) => name === wanted,
    ({ name }) => name.split('.')[0] === wanted,
    ({ hostname }) => hostname === wanted,
  ]
  const found = tests.map((test) => peers.find(test))
  return found.find((peer) => peer !== undefined) ?? null
}

/** Interfaces of a tailscale whose daemon cannot be asked: the app of macOS. */
export function findInterfaces(computer: Computer): NetworkInterface[] {
  return computer
    .interfaces()
    .filter(({ addresses }) => addresses.some((address) => isWithin(address, RANGE)))
}

/** Where it is asked, for people. */
export const PLACES = SOCKETS.map((at) => ('path' in at ? at.path : at.host)).join(', ')

/** What an interface of it is known by, for people. */
export const SIGN = `an address in ${RANGE}`

function readStatus(at: SocketAddress, status: unknown): Tailnet {
  const peers = memberOf(status, 'Peer')
  return {
    at,
    state: textOf(status, 'BackendState') ?? '',
    version: textOf(status, 'Version')?.split('-')[0] ?? '',
    addresses: readAddresses(memberOf(status, 'TailscaleIPs')),
    hasInterface: memberOf(status, 'TUN') === true,
    peers: typeof peers === 'object' ? Object.values(peers ?? {}).map(readPeer) : [],
  }
}

function readPeer(peer: unknown): TailnetPeer {
  const seen = textOf(peer, 'LastSeen')
  return {
    name: (textOf(peer, 'DNSName') ?? '').toLowerCase().replace(/\.$/, ''),
    hostname: (textOf(peer, 'HostName') ?? '').toLowerCase(),
    addresses: readAddresses(memberOf(peer, 'TailscaleIPs')),
    online: memberOf(peer, 'Online') === true,
    // Go's zero time stands for never
    lastSeen: seen === null || seen.startsWith('0001') ? null : seen,
  }
}

function readAddresses(value: unknown): string[] {
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  return texts.filter((text) => parseIp(text) !== null)
}
