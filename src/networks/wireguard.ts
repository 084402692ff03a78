import type { Computer, Means, NetworkInterface } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay } from './overlay.ts'
import { findPeer, readPeers, SOCKETS } from './wireguard-peers.ts'

/** WireGuard, in the kernel or outside it. */
export function makeWireguard(means: Means): Technology {
  return makeOverlay(
    {
      name: 'wireguard',
      sign: 'WireGuard',
      interfaces: findInterfaces,
      detail: async (computer, signal) => {
        const peers = await readPeers(findInterfaces(computer), computer, signal)
        const times = peers.map(({ handshake }) => handshake)
        return times.length === 0 ? null : tell(Math.max(...times))
      },
      explain: async (address, computer, signal) => {
        const peers = await readPeers(findInterfaces(computer), computer, signal)
        const peer = findPeer(address, peers)
        return peer === null ? null : tell(peer.handshake)
      },
      hint: 'start the tunnel, for instance with "wg-quick up <name>"',
    },
    means,
  )
}

function findInterfaces(computer: Computer): NetworkInterface[] {
  const sockets = computer.list(SOCKETS)
  const isOwn = (one: NetworkInterface) =>
    one.name.startsWith('wg') ||
    sockets.includes(`${one.name}.sock`) ||
    one.kind === 'wireguard' ||
    isAnyTunnel(one)
  return computer.interfaces().filter(isOwn)
}

/** macOS does not say whose a tunnel is, and has some of its own, without addresses of use. */
function isAnyTunnel({ name, addresses }: NetworkInterface): boolean {
  return name.startsWith('utun') && addresses.some((address) => !address.startsWith('fe80:'))
}

function tell(time: number): string {
  if (time === 0) return 'no handshake yet'
  const seconds = Math.max(0, Math.round(Date.now() / 1000 - time))
  return `last handshake ${seconds} s ago`
}
