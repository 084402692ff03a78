// serial
import type { Host } from '../helpers/hosts.ts'
import { tool } from '../helpers/tools.ts'
import { type Cut, takeDown } from './cuts.ts'
import { startDumbpipe } from './dumbpipe.ts'
import { COMMAND, INTERNET, JUMP } from './entries.ts'
import type { Fabric } from './fabric.ts'
import { makeSuite, type Scenario, testCuts } from './scenario.ts'
import { startMycelium, startZerotier } from './stand-ins.ts'
import { startTailscale } from './tailscale.ts'
import { startTinc } from './tinc.ts'
import { startWireguard } from './wireguard.ts'
import { entriesOf, MACHINES, type World } from './world.ts'
import { startYggdrasil } from './yggdrasil.ts'

/** All that there is: tailscale and iroh are real, too. */
const SCENARIO: Scenario = {
  title: 'overlays: all',
  // what takes longer than others by itself is below them, where nothing overtakes it: a tailscaled
  // without an interface looks for its peer for half a second after a cable was pulled
  networks: [
    'internet',
    'wireguard',
    'zerotier',
    'yggdrasil',
    'mycelium',
    'tinc',
    'iroh',
    'tailscale',
    'jump',
    'command',
  ],
  partial: ['jump'],
  hosts: ['control'],
  setUp,
}

async function setUp(world: World) {
  const { hosts } = world
  const [desk, web01, web02] = hosts as [Host, Host, Host]
  const members = hosts.map((host) => ({ host, tun: host === web02 }))
  const starts: (() => Promise<Fabric>)[] = [
    () => startWireguard(hosts),
    () => startZerotier(hosts),
    () => startYggdrasil(hosts),
    () => startMycelium(hosts),
    () => startTinc(hosts),
    () => startTailscale(members, world.lab.host('control')),
  ]
  const fabrics: Fabric[] = []
  for (const start of starts) fabrics.push(await start())
  const machines = MACHINES.map((name) => world.lab.host(name))
  const ports = new Map(MACHINES.map((name) => [world.lab.host(name), world.sshd(name).port]))
  world.provide([tool('dumbpipe')])
  const iroh = await startDumbpipe(machines, (host) => ports.get(host) ?? 0)
  const leave = (name: string, host: Host) => async () => {
    await fabrics.find((fabric) => fabric.name === name)?.leave(host)
  }
  const tailscale = fabrics.pop()
  const below = tailscale === undefined ? [iroh] : [iroh, tailscale]
  const entries = [INTERNET, ...entriesOf([...fabrics, ...below]), JUMP, COMMAND]
  const cuts: Cut[] = [
    { what: 'the cable is pulled', make: () => takeDown(desk, 'eth0') },
    { what: 'the peer is gone', make: leave('wireguard', web01) },
    { what: 'the daemon is stopped', make: leave('zerotier', desk) },
    { what: 'the interface is down', make: () => takeDown(desk, 'ygg0') },
    { what: 'the daemon is stopped', make: leave('mycelium', desk) },
    { what: 'the peer is gone', make: leave('tinc', web01) },
  ]
  return { entries, cuts }
}

const test = makeSuite(SCENARIO)

testCuts(test, SCENARIO)

test.run()
