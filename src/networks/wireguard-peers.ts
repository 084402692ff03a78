import { isWithin } from '../core/ip.ts'
import type { Computer, NetworkInterface } from '../core/means.ts'

/** Where implementations outside the kernel have a socket by the interface's name. */
export const SOCKETS = '/var/run/wireguard'

/** The other end of a tunnel. */
export interface WireguardPeer {
  /** prefixes of the addresses that are sent to it */
  readonly allowed: readonly string[]
  /** when it last shook hands, in seconds since 1970; 0: never */
  readonly handshake: number
}

/** The peers of these interfaces, as far as they may be read: mostly by root only. */
export async function readPeers(
  interfaces: readonly NetworkInterface[],
  computer: Computer,
  signal: AbortSignal,
): Promise<WireguardPeer[]> {
  const sockets = computer.list(SOCKETS)
  const read = interfaces.map(({ name }) =>
    sockets.includes(`${name}.sock`)
      ? askSocket(`${SOCKETS}/${name}.sock`, computer, signal)
      : askKernel(name, computer, signal),
  )
  return (await Promise.all(read)).flat()
}

/** The peer that an address is sent to: the one with the longest prefix; null: none. */
export function findPeer(address: string, peers: readonly WireguardPeer[]): WireguardPeer | null {
  const fits = peers.flatMap((peer) =>
    peer.allowed
      .filter((prefix) => isWithin(address, prefix))
      .map((prefix) => ({ peer, bits: Number(prefix.split('/')[1]) })),
  )
  return fits.sort((a, b) => b.bits - a.bits)[0]?.peer ?? null
}

/**
 * The protocol of wireguard-go and others (wireguard.com/xplatform): `key=value` lines. The private
 * key is among them, and goes no further.
 */
async function askSocket(path: string, computer: Computer, signal: AbortSignal) {
  const question = { text: 'get=1\n\n', end: '\n\n' }
  const answer = await computer.askText({ path }, question, signal)
  const [, ...peers] = (answer ?? '').split(/^public_key=/m)
  return peers.map((text): WireguardPeer => {
    const handshake = /^last_handshake_time_sec=(\d+)$/m.exec(text)?.[1] ?? 0
    const allowed = Array.from(text.matchAll(/^allowed_ip=(.+)$/gm), ([, prefix = '']) => prefix)
    return { allowed, handshake: Number(handshake) }
  })
}

/** The kernel's are told by netlink only, for which there is `wg` (wg(8)). */
async function askKernel(device: string, computer: Computer, signal: AbortSignal) {
  const program = computer.findProgram('wg')
  if (program === null) return []
  const [times, prefixes] = await Promise.all(
    ['latest-handshakes', 'allowed-ips'].map(async (what) =>
      readColumns(await computer.readOutput([program, 'show', device, what], signal)),
    ),
  )
  return [...(times ?? [])].map(([key, time]): WireguardPeer => {
    const allowed = prefixes?.get(key)?.split(' ') ?? []
    return { allowed, handshake: Number(time) }
  })
}

/** By the peer's public key: what stands behind it. */
function readColumns(text: string | null): Map<string, string> {
  const lines = (text ?? '').split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [key = '', value = ''] = line.split('\t')
      return [key, value]
    }),
  )
}
