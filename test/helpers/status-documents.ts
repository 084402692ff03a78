import type { RouteStatus, StatusDocument } from '../../src/core/status.ts'

/** Three machines in four networks, of every kind of cell. */
export const STATUS: StatusDocument = {
  time: '2026-11-26T11:00:00.000Z',
  networks: [
    network('vpn', 3000, { state: 'absent', detail: 'no interface with WireGuard' }),
    network('internet', 2000, { state: 'running', detail: 'needs nothing' }),
    network('office', 1500, { state: 'running', detail: 'needs nothing' }),
    network('tor', 10, { state: 'startable', detail: 'byway can start "tor"' }),
  ],
  machines: [
    {
      machine: 'web01',
      winner: 'office',
      routes: [
        route('vpn', { state: 'absent', stage: 'state', reason: 'no interface with WireGuard' }),
        route('internet', { state: 'down', ms: 5000, stage: 'connect', reason: 'no answer' }),
        route('office', { state: 'up', ms: 344.123, stage: 'banner' }),
        route('tor', { state: 'idle', reason: 'byway can start "tor"' }),
      ],
    },
    {
      machine: 'db01',
      winner: 'internet',
      routes: [
        route('internet', { state: 'up', ms: 12, stage: 'banner' }),
        route('office', { state: 'up', ms: 900, stage: 'banner' }),
      ],
    },
    {
      machine: 'old',
      winner: null,
      routes: [
        route('office', {
          state: 'down',
          ms: 1,
          stage: 'connect',
          reason: 'dial 192.0.2.9:22: connection refused',
        }),
      ],
    },
  ],
}

function network(
  name: string,
  priority: number,
  found: Pick<StatusDocument['networks'][number], 'state' | 'detail'>,
) {
  return { name, priority, technology: 'direct', ...found }
}

function route(name: string, found: Partial<RouteStatus> & Pick<RouteStatus, 'state'>) {
  return {
    network: name,
    where: '192.0.2.7:22',
    ms: null,
    stage: 'start',
    reason: null,
    ...found,
  } as const
}
