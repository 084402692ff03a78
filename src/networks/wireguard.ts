import { isWithin } from '../core/ip.ts'
import type { Computer, Means, NetworkInterface } from '../core/means.ts'
import type { Technology } from '../core/types.ts'
import { makeOverlay } from './overlay.ts'

/** Where implementations outside the kernel have a socket by the interface's name. */
const SOCKETS = '/var/run/wireguard'

/** WireGuard, in the kernel or outside it. */
export function makeWireguard(means: Means): Technology {
  return makeOverlay(
    {
      name: 'wireguard',
      sign: 'WireGuard',
      interfaces: (computer) => {
        const sockets = computer.list(SOCKETS)
        const isOwn = (one: NetworkInterface) =>
          one.name.startsWith('wg') ||
          sockets.includes(`${one.name}.sock`) ||
          one.kind === 'wireguard' ||
          isAnyTunnel(one)
        return computer.interfaces().filter(isOwn)
      },
      detail: async (computer, signal) => {
        const times = [...(await handshakes(computer, signal)).values()]
        return times.length === 0 ? null : tell(Math.max(...times))
      },
      explain: async (address, computer, signal) => {
        const peer = await findPeer(address, computer, signal)
        const time = (await handshakes(computer, signal)).get(peer ?? '')
        return time === undefined ? null : tell(time)
      },
      hint: 'start the tunnel, for instance with "wg-quick up <name>"',
    },
    means,
  )
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

/** By the peer's public key: when it last shook hands, in seconds since 1970, 0: never. */
async function handshakes(computer: Computer, signal: AbortSignal): Promise<Map<string, number>> {
  const lines = await show('latest-handshakes', computer, signal)
  return new Map(lines.map(([, key = '', time]) => [key, Number(time)]))
}

/** The public key of the peer that has this address; null: none, or it may not be read. */
async function findPeer(address: string, computer: Computer, signal: AbortSignal) {
  const lines = await show('allowed-ips', computer, signal)
  const peers = lines.flatMap(([, key = '', allowed = '']) =>
    allowed
      .split(' ')
      .filter((prefix) => isWithin(address, prefix))
      .map((prefix) => ({ key, bits: Number(prefix.split('/')[1]) })),
  )
  return peers.sort((a, b) => b.bits - a.bits)[0]?.key ?? null
}

/** The lines of `wg show all <what>`, by their columns; only root may read them. */
async function show(what: string, computer: Computer, signal: AbortSignal): Promise<string[][]> {
  const program = computer.findProgram('wg')
  if (program === null) return []
  const text = await computer.readOutput([program, 'show', 'all', what], signal)
  const lines = (text ?? '').split('\n').filter((line) => line !== '')
  return lines.map((line) => line.split('\t'))
}
