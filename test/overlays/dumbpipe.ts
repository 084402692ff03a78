import type { Host } from '../helpers/hosts.ts'
import type { Running } from '../helpers/program.ts'
import { tool } from '../helpers/tools.ts'
import { until } from '../helpers/until.ts'
import type { Fabric } from './fabric.ts'

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
    const ticket = () => /\b(endpoint[a-z2-7]+)\s/.exec(daemon.heard('stderr'))?.[1]
    await until('dumbpipe prints its ticket', () => ticket() !== undefined)
    daemons.set(host, daemon)
    tickets.set(host, ticket() ?? '')
  }
  return {
    name: 'iroh',
    address: (host) => tickets.get(host) ?? '',
    leave: async (host) => daemons.get(host)?.kill(),
  }
}
