import { readFileSync } from 'node:fs'
import { parseIp, shareBits } from '../core/ip.ts'
import { findByAddress, findByIndex } from './interfaces.ts'

/** Flags of a route: it is up; it is to this very computer (linux/route.h, linux/ipv6_route.h). */
const UP = 0x1
const REJECT = 0x200
const LOCAL = 0x80000000

/** One line of the kernel's routing table. */
interface KernelRoute {
  readonly device: string
  readonly network: readonly number[]
  /** length of the prefix */
  readonly bits: number
  /** lower is preferred */
  readonly metric: number
}

/**
 * The interface by which the computer sends to an IP address; null: there is no way. Longer
 * prefixes of the main table count first, as they also tell of interfaces without an address. What
 * the default routes and policy rules decide is asked of the kernel: the address that it would send
 * from, without sending anything, tells the interface. A zone is the interface (RFC 4007 section 11).
 */
export async function findRoute(address: string): Promise<string | null> {
  const bytes = parseIp(address)
  if (bytes === null) return null
  const [, zone] = address.split('%')
  if (zone !== undefined) return /^\d+$/.test(zone) ? findByIndex(Number(zone)) : zone
  const device = matchRoute(readRoutes(bytes.length === 4), bytes)
  if (device !== null) return device
  const source = await findSource(address)
  return source === null ? null : findByAddress(source)
}

/** The device of the longest prefix that holds the address, default routes left out. */
export function matchRoute(
  routes: readonly KernelRoute[],
  address: readonly number[],
): string | null {
  const [best] = routes
    .filter(({ network, bits }) => bits > 0 && shareBits(address, network, bits))
    .sort((a, b) => b.bits - a.bits || a.metric - b.metric)
  return best?.device ?? null
}

/** Parses `/proc/net/route` (proc(5)): hexadecimal words in the byte order of the computer. */
export function parseRoutes(text: string): KernelRoute[] {
  const lines = text.split('\n').slice(1)
  return lines.flatMap((line) => {
    const [device, network = '', , flags = '', , , metric = '', mask = ''] = line.split(/\s+/)
    if (device === undefined || !isUsable(flags)) return []
    const bits = readWord(mask).reduce((sum, byte) => sum + countBits(byte), 0)
    return [{ device, network: readWord(network), bits, metric: Number(metric) }]
  })
}

/** Parses `/proc/net/ipv6_route`, which has all tables, and the routes to the computer itself. */
export function parseRoutes6(text: string): KernelRoute[] {
  return text.split('\n').flatMap((line) => {
    const [network = '', bits = '', , , , metric = '', , , flags = '', device] = line.split(/\s+/)
    if (device === undefined || !isUsable(flags)) return []
    const bytes = Array.from(Buffer.from(network, 'hex'))
    const length = Number.parseInt(bits, 16)
    return [{ device, network: bytes, bits: length, metric: Number.parseInt(metric, 16) }]
  })
}

function readRoutes(v4: boolean): KernelRoute[] {
  try {
    return v4
      ? parseRoutes(readFileSync('/proc/net/route', 'latin1'))
      : parseRoutes6(readFileSync('/proc/net/ipv6_route', 'latin1'))
  } catch {
    return []
  }
}

function isUsable(flags: string): boolean {
  const value = Number.parseInt(flags, 16)
  return (value & UP) !== 0 && (value & (REJECT | LOCAL)) === 0
}

/** Bytes of a number of 32 bits in hexadecimal, as the kernel prints an IPv4 address. */
export function readWord(hex: string): number[] {
  const bytes = Array.from(Buffer.from(hex, 'hex'))
  const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
  return little ? bytes.reverse() : bytes
}

function countBits(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length
}

/**
 * The address that a datagram to an IP address would come from, by all tables and policy rules; null:
 * there is no route. Sends nothing.
 */
export async function findSource(address: string): Promise<string | null> {
  const bytes = parseIp(address)
  if (bytes === null) return null
  const { createSocket } = await import('node:dgram')
  return new Promise((resolve) => {
    const socket = createSocket(bytes.length === 4 ? 'udp4' : 'udp6')
    const settle = (source: string | null) => {
      socket.close()
      resolve(source)
    }
    socket.once('error', () => settle(null))
    socket.once('connect', () => settle(socket.address().address))
    // port 9 is discard's
    socket.connect(9, address)
  })
}
