// serial

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { explain, routeBy } from '../helpers/explained.ts'
import type { Host } from '../helpers/hosts.ts'
import { suite } from '../helpers/suite.ts'
import { tool } from '../helpers/tools.ts'
import { INTERNET } from './entries.ts'
import { startTailscale, type Tailnet } from './tailscale.ts'
import { entriesOf, World } from './world.ts'

/** Milliseconds: much longer than anything takes that does not wait for it. */
const STAGGER = 8000

interface Context {
  world: World
  tailnet: Tailnet
  /** one whose tailscaled has no interface, and one whose tailscaled has */
  without: Host
  having: Host
}

const test = suite<Context>('overlays: tailscale')

test.before(async (context) => {
  const world = await World.open(['control'])
  const [desk, web01, web02] = world.hosts as [Host, Host, Host]
  const members = [
    { host: desk, tun: false },
    { host: web01, tun: true },
    { host: web02, tun: true },
  ]
  const tailnet = await startTailscale(members, world.lab.host('control'))
  world.describe([...entriesOf([tailnet]), INTERNET])
  Object.assign(context, { world, tailnet, without: desk, having: web01 })
})

test.after(({ world }) => world?.close())

test('list says what tailscaled is', async ({ world, without, having }) => {
  for (const [host, words] of [
    [without, /^tailscaled 1\.\d+\.\d+ is Running, without an interface$/],
    [having, /^tailscaled 1\.\d+\.\d+ is Running, 100\.64\.0\.2, fd7a:115c:a1e0:/],
  ] as const) {
    const seat = { host, home: world.home() }
    const [first] = await world.list(seat, ([one]) => words.test(one?.detail ?? ''))
    assert.match(first?.detail ?? '', words)
  }
})

test('import makes an inventory of what the real tailscale says', async ({ world, having }) => {
  const home = world.home()
  symlinkSync(tool('tailscale'), join(home.folder, 'bin/tailscale'))
  const { stdout, stderr } = await world.byway(having, home, ['import'])
  const { networks } = JSON.parse(stdout.toString())
  assert.equal(Object.keys(networks), ['tailscale'], stderr)
  const { peers } = networks.tailscale
  assert.equal(Object.keys(peers).sort(), ['desk', 'web01', 'web02'])
  for (const { hosts } of Object.values<{ hosts: string[] }>(peers)) {
    assert.match(hosts.join(' '), /^100\.64\.0\.\d+ fd7a:115c:a1e0:/)
  }
})

for (const mode of ['relay', 'fdpass'] as const) {
  test(`without an interface the daemon gives the stream, ${mode}`, async (context) => {
    const { world, without } = context
    const login = { from: world.home(), to: 'web02', mode, network: 'tailscale' } as const
    const { status, stderr } = await world.login(without, login)
    assert.is(status, 0, stderr)
    assert.match(stderr, /by network "tailscale" \(tailscaled\)/)
  })

  test(`with an interface it is TCP, to an address, ${mode}`, async ({ world, having }) => {
    const login = { from: world.home(), to: 'web02', mode, network: 'tailscale' } as const
    const { status, stderr } = await world.login(having, login)
    assert.is(status, 0, stderr)
    assert.match(stderr, /by network "tailscale" \(100\.64\.0\.3:\d+\)/)
  })
}

test('a port where nobody listens', async ({ world, without }) => {
  const args = ['-n', 'tailscale', 'web02', '1']
  const { stderr, status } = await world.byway(without, world.home(), ['connect', ...args])
  assert.is(status, 69)
  assert.match(stderr, /tailscaled: dial failure: /)
})

test('a peer that is offline costs the others nothing', async (context) => {
  const { world, tailnet, without } = context
  const [, , web02] = world.hosts as [Host, Host, Host]
  await tailnet.leave(web02)
  await tailnet.markOffline(web02, without)
  const home = world.home()
  home.writeConfig({ allowCommands: true, stagger: STAGGER })
  const found = await explain(home, ['web02'], { inside: without.inside })
  assert.is(found.winner, 'internet')
  const [dead, living] = [routeBy(found, 'tailscale'), routeBy(found, 'internet')]
  assert.is(dead.outcome, 'lost')
  assert.ok((living.startedAt ?? STAGGER) < STAGGER, `started after ${living.startedAt} ms`)
})

test('where nothing else is left, it is called offline', async ({ world, without }) => {
  const args = ['explain', '--json', '-n', 'tailscale', 'web02']
  const { stdout } = await world.byway(without, world.home(), args)
  const [route] = JSON.parse(stdout.toString()).routes
  assert.match(route.reason, /"web02\.[a-z.]+" is offline in the tailnet, last seen 20/)
})

test('it is disconnected', async ({ world, having }) => {
  await having.run([tool('tailscale'), 'down'])
  const found = await explain(world.home(), ['web02'], { inside: having.inside })
  const route = routeBy(found, 'tailscale')
  assert.is(route.outcome, 'failed')
  assert.match(route.reason ?? '', /^tailscale does not run here: tailscaled .* is Stopped$/)
  assert.is(found.winner, 'internet')
})

test.run()
