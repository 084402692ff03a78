// serial
import * as assert from 'uvu/assert'
import type { Host } from '../helpers/hosts.ts'
import { type Cut, takeDown } from './cuts.ts'
import { COMMAND, INTERNET, JUMP } from './entries.ts'
import type { Fabric } from './fabric.ts'
import { makeSuite, type Scenario, testCuts } from './scenario.ts'
import { startMycelium, startZerotier } from './stand-ins.ts'
import { show, timeStates } from './timing.ts'
import { startTinc } from './tinc.ts'
import { startWireguard } from './wireguard.ts'
import { entriesOf, type Listed, type World } from './world.ts'
import { startYggdrasil } from './yggdrasil.ts'

/** Milliseconds that all states together may take. */
const USUAL = 20

/** What Debian has: real WireGuard, yggdrasil and tinc; ZeroTier and mycelium are stand-ins. */
const SCENARIO: Scenario = {
  title: 'overlays',
  networks: [
    'internet',
    'wireguard',
    'zerotier',
    'yggdrasil',
    'mycelium',
    'tinc',
    'command',
    'jump',
  ],
  partial: ['jump'],
  setUp,
}

async function setUp(world: World) {
  const { hosts } = world
  const [desk, web01] = hosts as [Host, Host]
  const starts = [startWireguard, startZerotier, startYggdrasil, startMycelium, startTinc]
  const fabrics: Fabric[] = []
  for (const start of starts) fabrics.push(await start(hosts))
  const leave = (name: string, host: Host) => async () => {
    await fabrics.find((fabric) => fabric.name === name)?.leave(host)
  }
  const entries = [INTERNET, ...entriesOf(fabrics), COMMAND, JUMP]
  const cuts: Cut[] = [
    { what: 'the cable is pulled', make: () => takeDown(desk, 'eth0') },
    { what: 'the peer is gone', make: leave('wireguard', web01) },
    { what: 'the daemon is stopped', make: leave('zerotier', desk) },
    { what: 'the daemon is stopped', make: leave('yggdrasil', desk) },
    { what: 'the interface is down', make: () => takeDown(desk, 'mycelium') },
    { what: 'the peer is gone', make: leave('tinc', web01) },
  ]
  return { entries, cuts }
}

const test = makeSuite(SCENARIO)

test('all states together take no time', async ({ desk }) => {
  const timed = await timeStates(desk.host, USUAL)
  console.log(`\nall but tailscale run: ${show(timed)}`)
  assert.ok(timed.ms < 5000, show(timed))
})

test('wireguard: the last handshake is told', async ({ world, desk }) => {
  const told = /^wg0 \(10\.9\.0\.1\), last handshake \d+ s ago$/
  const detailIn = (networks: readonly Listed[]) =>
    networks.find(({ name }) => name === 'wireguard')?.detail ?? ''
  assert.match(detailIn(await world.list(desk, (all) => told.test(detailIn(all)))), told)
})

testCuts(test, SCENARIO)

test.run()
