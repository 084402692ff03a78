import { join } from 'node:path'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Host, untilSucceeds } from '../helpers/hosts.ts'
import type { Running } from '../helpers/program.ts'
import { tool } from '../helpers/tools.ts'
import type { Fabric } from './fabric.ts'

/** Milliseconds until news that do not come are given up. */
const PATIENCE = 30_000

/** Nothing of a daemon of the test's leaves for tailscale's own log servers. */
const ENV = { ...process.env, TS_NO_LOGS_NO_SUPPORT: 'true', PATH: pathWithTools() }

/** A tailnet that a test can change. */
export interface Tailnet extends Fabric {
  /**
   * Has the coordination server tell that a host is offline; resolves when the other one knows. Not
   * every one would: a tailscaled that has spoken to it by its interface takes no notice.
   */
  markOffline(host: Host, other: Host): Promise<void>
}

/** How a tailscaled is run. */
export interface Member {
  readonly host: Host
  /** with an interface; else streams are had from the daemon only */
  readonly tun: boolean
}

/**
 * A real tailscaled on each of the hosts, at its usual socket, with tailscale's own test control
 * server on another one. Hosts are known by their MagicDNS names.
 */
export async function startTailscale(members: readonly Member[], control: Host): Promise<Tailnet> {
  const server = control.start([tool('tailnet'), control.under])
  await server.says('ready', 'stderr')
  const url = `http://${control.under}:9911`
  const daemons = new Map<Host, Running>()
  for (const member of members) daemons.set(member.host, await enter(member, url))
  const leave = async (host: Host) => {
    daemons.get(host)?.kill()
    await untilSucceeds(host, ['sh', '-c', '! pidof tailscaled'])
  }
  const markOffline = async (host: Host, other: Host) => {
    const form = ['--request', 'POST', '--data', `hostname=${host.name}`]
    await control.run(['curl', '--fail', '--silent', ...form, `${url}/offline`])
    // so far the server has put it into a queue
    await untilOffline(other, host.name)
  }
  return { name: 'tailscale', address: ({ name }) => name, leave, markOffline }
}

/** As all overlays of a lab it sends its packets by eth1 only: eth0 may be cut. */
const FIREWALL = `table inet overlay {
  chain out {
    type filter hook output priority 0
    oifname eth0 meta l4proto udp drop
  }
}
`

async function enter({ host, tun }: Member, url: string): Promise<Running> {
  const folder = makeFolder()
  await host.run(['sh', '-c', 'cat | nft -f -'], { input: FIREWALL })
  const daemon = host.start(
    [
      tool('tailscaled'),
      '--state=mem:',
      `--statedir=${join(folder, 'state')}`,
      `--tun=${tun ? 'tailscale0' : 'userspace-networking'}`,
      '--port=41641',
    ],
    { env: ENV },
  )
  await untilSucceeds(host, ['test', '-S', '/run/tailscale/tailscaled.sock'])
  const options = [`--login-server=${url}`, `--hostname=${host.name}`, '--accept-dns=false']
  const up = [tool('tailscale'), 'up', ...options, '--netfilter-mode=off', '--timeout=30s']
  await host.run(up, { env: ENV })
  return daemon
}

/** Resolves when the tailscaled of a host takes the peer for offline. */
async function untilOffline(host: Host, peer: string): Promise<void> {
  const end = performance.now() + PATIENCE
  for (;;) {
    const { stdout } = await host.run([tool('tailscale'), 'status', '--json'])
    const peers: Record<string, Peer> = JSON.parse(stdout.toString()).Peer
    const found = Object.values(peers).find(({ HostName }) => HostName === peer)
    if (found?.Online === false) return
    if (performance.now() > end) throw new Error(`${host.name} never heard that ${peer} is offline`)
  }
}

/** A peer in tailscale's own JSON. */
interface Peer {
  readonly HostName: string
  readonly Online: boolean
}

function pathWithTools(): string {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
}
