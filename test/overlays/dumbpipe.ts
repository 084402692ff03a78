import type { Host } from '../helpers/hosts.ts'
import type { Running } from '../helpers/program.ts'
import type { Fabric } from './fabric.ts'
import { tool } from './tools.ts'

/** A real `dumbpipe listen-tcp` on each of the hosts, in front of a port; hosts go by tickets. */
export async function startDumbpipe(
  hosts: readonly Host[],
  portOf: (host: Host) => number,
): Promise<Fabric> {
  const daemons = new Map<Host, Running>()
  const tickets = new Map<Host, string>()
  for (const host of hosts) {
    const listen = ['listen-tcp', '--host', `127.0.0.1:${portOf(host)}`]
    const daemon = host.start([tool('dumbpipe'), ...listen, '--ipv4-addr', `${host.under}:7777`])
    await daemon.says('dumbpipe connect', 'stderr')
    await daemon.says('\n', 'stderr')
    daemons.set(host, daemon)
    tickets.set(host, /\bendpoint[a-z0-9]+/.exec(daemon.heard('stderr'))?.[0] ?? '')
  }
  return {
    name: 'iroh',
    address: (host) => tickets.get(host) ?? '',
    leave: async (host) => daemons.get(host)?.kill(),
  }
}
