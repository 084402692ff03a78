import { fileURLToPath } from 'node:url'
import { type Host, untilSucceeds } from '../helpers/hosts.ts'
import type { Running } from '../helpers/program.ts'
import type { Fabric } from './fabric.ts'
import type { StandIn } from './stand-in.ts'

const PROGRAM = fileURLToPath(new URL('stand-in.ts', import.meta.url))
/** A host's working directory is not ours. */
const NODE = [process.execPath, '--import', import.meta.resolve('tsx')]

/** What a stand-in is told, but for the host. */
interface Kind extends Omit<StandIn, 'address' | 'packets'> {
  readonly name: string
  /** its packets' port */
  readonly port: number
  address(host: Host): { readonly ip: string; readonly prefix: number }
}

/** As zerotier-one 1.14 answers, and names its interfaces. */
const ZEROTIER: Kind = {
  name: 'zerotier',
  device: 'ztbtovjx4h',
  group: '239.9.9.93',
  port: 9993,
  address: (host) => ({ ip: `10.147.20.${numberOf(host)}`, prefix: 24 }),
  api: {
    port: 9993,
    path: '/health',
    answer: {
      clock: 1732400000000,
      online: true,
      version: '1.14.2',
      versionBuild: 0,
      versionMajor: 1,
      versionMinor: 14,
      versionRev: 2,
    },
  },
}

/** As mycelium 0.6 answers, with an interface in its range. */
const MYCELIUM: Kind = {
  name: 'mycelium',
  device: 'mycelium',
  group: '239.9.89.89',
  port: 9651,
  address: (host) => ({ ip: `5f1:73c8:ab0:${numberOf(host)}::1`, prefix: 7 }),
  api: {
    port: 8989,
    path: '/api/v1/admin',
    answer: {
      nodeSubnet: '5f1:73c8:ab0:1::/64',
      nodeIp: '5f1:73c8:ab0:1::1',
      nodePubkey: '0'.repeat(64),
      nodeStartTime: 1732400000,
    },
  },
}

/** A stand-in for ZeroTier on each of the hosts. */
export function startZerotier(hosts: readonly Host[]): Promise<Fabric> {
  return startStandIns(hosts, ZEROTIER)
}

/** A stand-in for mycelium on each of the hosts. */
export function startMycelium(hosts: readonly Host[]): Promise<Fabric> {
  return startStandIns(hosts, MYCELIUM)
}

async function startStandIns(hosts: readonly Host[], kind: Kind): Promise<Fabric> {
  const { device, group, port, api } = kind
  const daemons = new Map<Host, Running>()
  for (const host of hosts) {
    const { ip, prefix } = kind.address(host)
    const packets = { device: 'eth1', port }
    const told: StandIn = { device, address: `${ip}/${prefix}`, group, packets, api }
    daemons.set(host, host.start([...NODE, PROGRAM, JSON.stringify(told)]))
  }
  for (const daemon of daemons.values()) await daemon.says('ready')
  const leave = async (host: Host) => {
    daemons.get(host)?.kill()
    await untilSucceeds(host, ['sh', '-c', `! ip link show ${device}`])
  }
  return { name: kind.name, address: (host) => kind.address(host).ip, leave }
}

function numberOf({ under }: Host): string {
  return under.split('.')[3] ?? ''
}
