import { appendFileSync, chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Host, untilSucceeds } from '../helpers/hosts.ts'
import { mustRun, type Running } from '../helpers/program.ts'
import type { Fabric } from './fabric.ts'

/** tinc's name for the network, and so for its interface. */
const NETWORK = 'mesh'

/** A real tinc on each of the hosts; the others connect to the second. */
export async function startTinc(hosts: readonly Host[]): Promise<Fabric> {
  const [first, hub] = hosts
  if (first === undefined || hub === undefined) throw new Error('tinc needs two hosts')
  const folder = makeFolder()
  const known = join(folder, 'known')
  mkdirSync(known)
  for (const host of hosts) await configure(host, { hub, folder, known })
  const daemons = new Map<Host, Running>()
  // who finds nobody tries again seconds later
  for (const host of [hub, ...hosts.filter((one) => one !== hub)]) {
    cpSync(known, join(folder, host.name, 'hosts'), { recursive: true })
    const argv = ['tincd', '-n', NETWORK, '-c', join(folder, host.name), '-D', '-d1']
    daemons.set(host, host.start([...argv, `--pidfile=/run/tinc.${NETWORK}.pid`]))
  }
  for (const host of hosts) await untilSucceeds(host, ['ip', 'route', 'get', address(host)])
  const leave = async (host: Host) => {
    daemons.get(host)?.kill()
    await untilSucceeds(host, ['sh', '-c', `! ip link show ${NETWORK}`])
  }
  return { name: 'tinc', address, leave }
}

function address({ under }: Host): string {
  return `10.20.0.${under.split('.')[3]}`
}

interface Place {
  readonly hub: Host
  readonly folder: string
  /** the folder of what all know of all */
  readonly known: string
}

async function configure(host: Host, { hub, folder, known }: Place): Promise<void> {
  const own = join(folder, host.name)
  mkdirSync(join(own, 'hosts'), { recursive: true })
  const lines = [`Name = ${host.name}`, 'AddressFamily = ipv4']
  if (host !== hub) lines.push(`ConnectTo = ${hub.name}`)
  writeFileSync(join(own, 'tinc.conf'), lines.join('\n').concat('\n'))
  const up = `#!/bin/sh\nip addr add ${address(host)}/24 dev $INTERFACE\nip link set $INTERFACE up\n`
  writeFileSync(join(own, 'tinc-up'), up)
  chmodSync(join(own, 'tinc-up'), 0o755)
  await mustRun(['/usr/sbin/tincd', '-c', own, '-K', '2048'])
  const described = join(own, 'hosts', host.name)
  appendFileSync(described, `Address = ${host.under}\nSubnet = ${address(host)}/32\n`)
  cpSync(described, join(known, host.name))
}
