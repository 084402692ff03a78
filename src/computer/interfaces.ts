import { readdirSync, readFileSync } from 'node:fs'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { NetworkInterface } from '../core/means.ts'

/** Where Linux tells of its interfaces (sysfs-class-net). */
const SYSFS = '/sys/class/net'
/** Bits of `/sys/class/net/<name>/flags` (netdevice(7)). */
const UP = 0x1
const LOOPBACK = 0x8
/** Bit of `/sys/class/net/<name>/tun_flags` (linux/if_tun.h); without it a TUN device is a TAP. */
const TUN = 0x1

/**
 * Interfaces that are up, loopback left out, with and without addresses. Their kind is looked up
 * when it is asked for.
 */
export function listInterfaces(sysfs = SYSFS): NetworkInterface[] {
  const known = networkInterfaces()
  const addressed = Object.entries(known)
    .filter(([, infos = []]) => infos.some((info) => !info.internal))
    .map(([name, infos = []]) => describe(name, infos, sysfs))
  const rest = listNames(sysfs).filter((name) => !(name in known) && isUp(name, sysfs))
  return [...addressed, ...rest.map((name) => describe(name, [], sysfs))]
}

/** The interface that has the address; null: none. */
export function findByAddress(address: string): string | null {
  const found = Object.entries(networkInterfaces()).find(([, infos = []]) =>
    infos.some((info) => info.address === address),
  )
  return found?.[0] ?? null
}

/** The interface with this number, by its IPv6 addresses of the link; null: none has one. */
export function findByIndex(index: number): string | null {
  const found = Object.entries(networkInterfaces()).find(([, infos = []]) =>
    infos.some((info) => info.family === 'IPv6' && info.scopeid === index),
  )
  return found?.[0] ?? null
}

function describe(
  name: string,
  infos: readonly NetworkInterfaceInfo[],
  sysfs: string,
): NetworkInterface {
  return {
    name,
    addresses: infos.map(({ address }) => address),
    get kind() {
      return kindOf(name, sysfs)
    },
  }
}

/** What the kernel calls it: DEVTYPE of its uevent, else whether it is a TUN or a TAP device. */
function kindOf(name: string, sysfs: string): string | null {
  const type = /^DEVTYPE=(.+)$/m.exec(readOr(`${sysfs}/${name}/uevent`))?.[1]
  if (type !== undefined) return type
  const flags = Number(readOr(`${sysfs}/${name}/tun_flags`))
  if (flags === 0 || Number.isNaN(flags)) return null
  return (flags & TUN) === 0 ? 'tap' : 'tun'
}

/** Nobody behind a TUN device is `down`, like a cable that is pulled. */
function isUp(name: string, sysfs: string): boolean {
  const flags = Number(readOr(`${sysfs}/${name}/flags`))
  if ((flags & UP) === 0 || (flags & LOOPBACK) !== 0) return false
  return readOr(`${sysfs}/${name}/operstate`) !== 'down'
}

function listNames(sysfs: string): string[] {
  try {
    return readdirSync(sysfs)
  } catch {
    return []
  }
}

/** The text of a small file, trimmed; empty when it cannot be read. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
