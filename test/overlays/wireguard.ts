import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Host, untilSucceeds } from '../helpers/hosts.ts'
import { mustRun, type Running } from '../helpers/program.ts'
import type { Fabric } from './fabric.ts'

/** The interface, and the port of its packets. */
const DEVICE = 'wg0'
const PORT = 51820

/** A real WireGuard between all of the hosts: `wireguard-go`, configured by `wg`. */
export async function startWireguard(hosts: readonly Host[]): Promise<Fabric> {
  const keys = await Promise.all(hosts.map(() => makeKey()))
  const members = hosts.map((host, i) => ({ host, ...(keys[i] ?? { file: '', open: '' }) }))
  const daemons = new Map<Host, Running>()
  for (const { host, file } of members) {
    daemons.set(host, host.start(['wireguard-go', '--foreground', DEVICE]))
    await untilSucceeds(host, ['wg', 'show', DEVICE])
    const peers = members.filter((peer) => peer.host !== host)
    const own = ['listen-port', String(PORT), 'private-key', file]
    await host.run(['wg', 'set', DEVICE, ...own, ...peers.flatMap(describe)])
    await host.run(['ip', 'addr', 'add', `${address(host)}/24`, 'dev', DEVICE])
    await host.run(['ip', 'link', 'set', DEVICE, 'up'])
  }
  const leave = async (host: Host) => {
    daemons.get(host)?.kill()
    await untilSucceeds(host, ['sh', '-c', `! ip link show ${DEVICE}`])
  }
  return { name: 'wireguard', address, leave }
}

function address({ under }: Host): string {
  return `10.9.0.${under.split('.')[3]}`
}

function describe({ host, open }: { host: Host; open: string }): string[] {
  const endpoint = `${host.under}:${PORT}`
  return ['peer', open, 'allowed-ips', `${address(host)}/32`, 'endpoint', endpoint]
}

/** A file with the private key, and the public one. */
async function makeKey(): Promise<{ file: string; open: string }> {
  const secret = (await mustRun(['wg', 'genkey'])).stdout.toString()
  const open = (await mustRun(['wg', 'pubkey'], { input: secret })).stdout.toString()
  const file = join(makeFolder(), 'key')
  writeFileSync(file, secret, { mode: 0o600 })
  return { file, open: open.trim() }
}
