// serial
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import type { Host } from '../helpers/hosts.ts'
import { type Cut, cutOneByOne } from './cuts.ts'
import type { Fabric } from './fabric.ts'
import { startMycelium, startZerotier } from './stand-ins.ts'
import { show, timeStates } from './timing.ts'
import { startTinc } from './tinc.ts'
import { startWireguard } from './wireguard.ts'
import { type Entry, entriesOf, World } from './world.ts'
import { startYggdrasil } from './yggdrasil.ts'

/** Bytes of the file that goes through each network. */
const BULK = 64 * 1024 * 1024

const NAMES = ['internet', 'wireguard', 'zerotier', 'yggdrasil', 'mycelium', 'tinc', 'command']

interface Context {
  world: World
  fabrics: ReadonlyMap<string, Fabric>
  /** a home on the desk, and one on the first machine, with the same inventory */
  desk: { host: Host; home: Home }
  web: { host: Host; home: Home }
}

const test = suite<Context>('overlays')

test.before(async (context) => {
  const world = await World.open()
  const { hosts } = world
  const starts = [startWireguard, startZerotier, startYggdrasil, startMycelium, startTinc]
  const fabrics: Fabric[] = []
  for (const start of starts) fabrics.push(await start(hosts))
  world.describe([INTERNET, ...entriesOf(fabrics), COMMAND])
  const [desk, web] = hosts
  if (desk === undefined || web === undefined) throw new Error('the lab has no hosts')
  context.world = world
  context.fabrics = new Map(fabrics.map((fabric) => [fabric.name, fabric]))
  context.desk = { host: desk, home: world.home() }
  context.web = { host: web, home: world.home() }
})

test.after(({ world }) => world.close())

test('list: all run', async ({ world, desk }) => {
  const { stdout } = await world.byway(desk.host, desk.home, ['list', '--json'])
  const { networks } = JSON.parse(stdout.toString())
  const states = networks.map(({ name, state }: Record<string, string>) => `${name} ${state}`)
  assert.equal(
    states,
    NAMES.map((name) => `${name} running`),
  )
})

test('all states together take no time', async ({ desk }) => {
  const timed = await timeStates(desk.host, 20)
  console.log(`\nall but tailscale run: ${show(timed)}`)
  assert.ok(timed.ms < 20, show(timed))
})

for (const network of NAMES) {
  for (const mode of ['relay', 'fdpass'] as const) {
    test(`${network}: a login, ${mode}`, async ({ world, desk }) => {
      const login = { from: desk.home, to: 'web01', mode, network } as const
      const { status, stderr, ...landing } = await world.login(desk.host, login)
      assert.is(status, 0, stderr)
      assert.is(landing.network, network)
    })
  }

  test(`${network}: from one machine to the other, with the same inventory`, async (context) => {
    const { world, web } = context
    const landing = await world.login(web.host, { from: web.home, to: 'web02', network })
    assert.is(landing.status, 0, landing.stderr)
    assert.is(landing.network, network)
  })

  test(`${network}: rsync of 64 MiB`, async ({ world, desk }) => {
    const folder = makeFolder()
    const [file, target] = [join(folder, 'sent'), join(folder, 'received')]
    writeFileSync(file, randomBytes(BULK))
    const login = { from: desk.home, to: 'web01', network } as const
    const { status, stderr } = await world.rsync(desk.host, file, { ...login, target })
    assert.is(status, 0, stderr)
    assert.is(checksum(target), checksum(file))
  })
}

test('cut one after another, each login lands on the highest that lives', async (context) => {
  const { world, fabrics, desk, web } = context
  const leave = (name: string, host: Host) => async () => fabrics.get(name)?.leave(host)
  const cuts: readonly Cut[] = [
    {
      what: 'the cable is pulled',
      make: async () => void (await desk.host.run(['ip', 'link', 'set', 'eth0', 'down'])),
    },
    { what: 'the peer is gone', make: leave('wireguard', web.host) },
    { what: 'the daemon is stopped', make: leave('zerotier', desk.host) },
    { what: 'the daemon is stopped', make: leave('yggdrasil', desk.host) },
    {
      what: 'the interface is down',
      make: async () => void (await desk.host.run(['ip', 'link', 'set', 'mycelium', 'down'])),
    },
    { what: 'the peer is gone', make: leave('tinc', web.host) },
  ]
  await cutOneByOne({ world, host: desk.host, home: desk.home, networks: NAMES, cuts })
})

test.run()

const INTERNET: Entry = {
  name: 'internet',
  settings: { technology: 'direct' },
  address: ({ plain }) => plain,
}

const COMMAND: Entry = {
  name: 'command',
  settings: { command: ['nc', '{host}', '{port}'] },
  address: ({ under }) => under,
}

function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
