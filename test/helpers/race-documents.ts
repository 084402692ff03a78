import type { RaceDocument, RouteDocument } from '../../src/core/race-document.ts'

/** A route that lost nothing and won nothing: the tests say what became of it. */
export function routeDocument(part: Partial<RouteDocument>): RouteDocument {
  return {
    network: 'internet',
    priority: 1000,
    technology: 'direct',
    host: '192.0.2.7',
    port: 22,
    where: '192.0.2.7:22',
    outcome: 'waiting',
    stage: 'start',
    reason: null,
    hint: null,
    startedAt: null,
    upAt: null,
    endedAt: null,
    steps: [],
    ...part,
  }
}

/** README's race: one network does not run, one is silent, one wins, one is not tried. */
export const RACE: RaceDocument = {
  machine: 'web01',
  winner: 'office',
  routes: [
    routeDocument({
      network: 'vpn',
      where: '10.88.0.2:22',
      outcome: 'failed',
      stage: 'state',
      reason: 'wireguard does not run here: no interface with WireGuard',
      hint: 'start the tunnel',
      startedAt: 0,
      endedAt: 4,
      steps: [{ stage: 'state', at: 0 }],
    }),
    routeDocument({
      network: 'internet',
      where: '203.0.113.77:2222',
      outcome: 'lost',
      stage: 'connect',
      reason: 'no answer',
      startedAt: 4,
      endedAt: 500,
      steps: [{ stage: 'connect', at: 4 }],
    }),
    routeDocument({
      network: 'office',
      where: 'web01.office.example:22',
      outcome: 'won',
      stage: 'banner',
      startedAt: 254,
      upAt: 350,
      endedAt: 500,
      steps: [
        { stage: 'connect', at: 254 },
        { stage: 'banner', at: 300 },
      ],
    }),
    routeDocument({ network: 'tor', where: 'an onion name, port 22' }),
  ],
}
