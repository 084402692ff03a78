import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Host, untilSucceeds } from '../helpers/hosts.ts'
import { mustRun, type Running } from '../helpers/program.ts'
import type { Fabric } from './fabric.ts'

/** The port of its packets. */
const PORT = 9002

/** A real yggdrasil on each of the hosts; the second is the one that the others have as peer. */
export async function startYggdrasil(hosts: readonly Host[]): Promise<Fabric> {
  const [first, hub] = hosts
  if (first === undefined || hub === undefined) throw new Error('yggdrasil needs two hosts')
  const daemons = new Map<Host, Running>()
  const addresses = new Map<Host, string>()
  // who finds nobody tries again much later
  for (const host of [hub, ...hosts.filter((one) => one !== hub)]) {
    const file = await configure(host, hub)
    const { stdout } = await mustRun(['/usr/sbin/yggdrasil', '-useconffile', file, '-address'])
    addresses.set(host, stdout.toString().trim())
    // Debian's unit has systemd make it
    await host.run(['mkdir', '-p', '/run/yggdrasil'])
    daemons.set(host, host.start(['yggdrasil', '-useconffile', file]))
  }
  const address = (host: Host) => addresses.get(host) ?? ''
  for (const host of hosts) {
    if (host !== hub) await untilSucceeds(host, ['ip', 'route', 'get', address(hub)])
  }
  const leave = async (host: Host) => {
    daemons.get(host)?.kill()
    await untilSucceeds(host, ['sh', '-c', '! ip link show ygg0'])
  }
  return { name: 'yggdrasil', address, leave }
}

async function configure(host: Host, hub: Host): Promise<string> {
  const { stdout } = await mustRun(['/usr/sbin/yggdrasil', '-genconf', '-json'])
  const uri = `tcp://${hub.under}:${PORT}`
  const config = {
    ...JSON.parse(stdout.toString()),
    ...(host === hub ? { Listen: [uri] } : { Peers: [uri] }),
    MulticastInterfaces: [],
    IfName: 'ygg0',
  }
  const file = join(makeFolder(), 'yggdrasil.conf')
  writeFileSync(file, JSON.stringify(config))
  return file
}
