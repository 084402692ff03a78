import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { ClanTool } from '../helpers/clan-tool.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { explain, routeBy } from '../helpers/explained.ts'
import type { Listener } from '../helpers/listen.ts'
import { NixRecorder } from '../helpers/nix-recorder.ts'
import { REFUSING } from '../helpers/peers.ts'
import { run } from '../helpers/program.ts'
import { suite } from '../helpers/suite.ts'
import { addressOf, ToyClan } from '../helpers/toy-clan.ts'
import { connectTo, machineAt, makeToyHome, settled, startPeer } from '../helpers/toy-home.ts'
import { put, varPath } from '../vars/clan.ts'

const sources = suite<{ one: Listener; other: Listener }>('what a flake and several sources say')

sources.before(async (context) => {
  context.one = await startPeer('one')
  context.other = await startPeer('other')
})

sources.after(({ one, other }) => {
  one.stop()
  other.stop()
})

/** A home of two clans, both of which have a machine `web`. */
async function makeTwo({ one, other }: { one: Listener; other: Listener }): Promise<Home> {
  const home = new Home(SCRIPT)
  new NixRecorder(join(home.folder, 'bin'))
  const work = await ToyClan.make({
    domain: 'work.example',
    machines: { web: machineAt(one), desk: machineAt(one) },
  })
  const play = await ToyClan.make({
    domain: 'play.example',
    machines: { web: machineAt(other), tent: machineAt(other) },
  })
  home.writeConfig({
    inventory: [
      { name: 'work', flake: work.folder },
      { name: 'play', flake: play.folder },
      { name: 'own', file: 'own.json' },
    ],
  })
  const peer = { host: other.host, port: other.port }
  const own = { networks: { lan: { peers: { box: peer, tent: peer } } } }
  home.writeFile('config/byway/own.json', JSON.stringify(own))
  return home
}

async function hear(home: Home, machine: string): Promise<string> {
  const { stdout, stderr } = await runByway(home, ['connect', machine], { input: '' })
  return stdout.toString() || stderr
}

sources('a machine that two clans have is asked for with its domain', async (peers) => {
  const home = await makeTwo(peers)
  for (const [machine, software] of [
    ['desk', 'one'],
    ['desk.work.example', 'one'],
    ['web.work.example', 'one'],
    ['web.play.example', 'other'],
    ['tent.play.example', 'other'],
    ['tent.own', 'other'],
    ['box', 'other'],
  ] as const) {
    assert.match(await hear(home, machine), `SSH-2.0-${software}\r\n`)
  }
  const { stderr, status } = await runByway(home, ['connect', 'web'])
  assert.match(stderr, 'byway: machine "web" is in "work" and "play"\n')
  assert.match(stderr, 'hint: say which: web.work.example or web.play.example\n')
  assert.is(status, 68)
  assert.match(await hear(home, 'tent'), 'machine "tent" is in "play" and "own"\n')
  assert.match(await hear(home, 'desk.play.example'), 'no machine "desk.play.example"')
})

sources('every list of machines has them by the names that they answer to', async (peers) => {
  const home = await makeTwo(peers)
  const listed = await runByway(home, ['list', '--json'])
  const { networks } = JSON.parse(listed.stdout.toString())
  const peersOf = networks.map(({ name, peers: own }: { name: string; peers: string[] }) => [
    name,
    own.toSorted(),
  ])
  assert.equal(peersOf, [
    ['public', ['desk', 'web.work.example']],
    ['public', ['tent.play.example', 'web.play.example']],
    ['lan', ['box', 'tent.own']],
  ])
  const { stdout } = await runByway(home, ['ssh-config'])
  assert.match(stdout.toString(), 'web.work.example')
  assert.not.match(stdout.toString(), 'web.work.example.work.example')
})

sources('deploy.targetHost is tried first, and a stale one costs little', async ({ one }) => {
  const machines = { web: machineAt(one), db: machineAt(one) }
  const toy = await makeToyHome(SCRIPT, {
    machines,
    priority: 20_000,
    targetHosts: {
      web: `${REFUSING.host}:${REFUSING.port}`,
      db: `ssh://root@${one.host}:${one.port}?Compression=yes`,
    },
  })
  const web = await explain(toy.home, ['web'])
  assert.equal([web.winner, web.routes[0]?.network], ['public', 'targetHost'])
  assert.is(routeBy(web, 'targetHost').outcome, 'failed')
  assert.is((await explain(toy.home, ['db'])).winner, 'targetHost')
  const { stdout } = await runByway(toy.home, ['ssh-config'])
  assert.match(stdout.toString(), /Host db\n(?: .*\n)* +User root\n/)
  assert.match(stdout.toString(), /Compression[ =]yes/)
})

sources('jump hosts come from the inventory', async ({ one }) => {
  const toy = await makeToyHome(SCRIPT, {
    machines: { web: machineAt(one) },
    jumpHosts: { web: ['me@gate.example:2222', 'inner'] },
  })
  const file = join(toy.home.folder, 'jumped')
  const program = join(toy.home.folder, 'bin/ssh')
  writeFileSync(program, `#!/bin/sh\necho "$@" >'${file}'\nexit 255\n`, { mode: 0o755 })
  await connectTo(toy, 'web')
  const words = readFileSync(file, 'utf8')
  assert.match(words, `-W ${one.host}:${one.port}`)
  for (const part of ['me', 'gate.example', '2222', 'inner']) assert.match(words, part)
})

sources('vars are in the directory that Clan says, below the flake', async ({ one }) => {
  const hosts = [{ var: addressOf('web') }]
  const toy = await makeToyHome(SCRIPT, {
    machines: { web: { hosts, port: one.port } },
    relativeDirectory: 'clans/home',
  })
  toy.clan.put('clans/home/vars/per-machine/web/toy_address/ip/value', '127.0.0.1\n')
  const { stdout, stderr } = await connectTo(toy, 'web')
  assert.is(stdout.toString(), 'SSH-2.0-one\r\n', stderr)
})

sources('a directory that is a link to another clan: its vars are not read', async ({ one }) => {
  const hosts = [{ var: addressOf('web') }]
  const machines = { web: { hosts, port: one.port } }
  for (const [directory, isOwn] of [
    ['link', false],
    ['link/deeper', false],
    ['own', true],
  ] as const) {
    const other = makeFolder()
    for (const clan of [other, join(other, 'deeper')])
      put(varPath(clan, 'value', addressOf('web')), '127.0.0.1')
    const toy = await makeToyHome(SCRIPT, { machines, relativeDirectory: directory })
    toy.clan.put('clans/home/vars/per-machine/web/toy_address/ip/value', '127.0.0.1\n')
    symlinkSync(other, join(toy.clan.folder, 'link'))
    symlinkSync('clans/home', join(toy.clan.folder, 'own'))
    await toy.clan.commit()
    const { stdout, stderr, status } = await connectTo(toy, 'web')
    assert.is(stdout.toString(), isOwn ? 'SSH-2.0-one\r\n' : '', `${directory}: ${stderr}`)
    if (!isOwn) assert.match(stderr, 'var "web/toy_address/ip"')
    assert.is(status === 0, isOwn)
  }
})

sources('an onion name in clear is of use, and in no cache', async () => {
  const onion = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'
  const hosts = [{ plain: onion }]
  const toy = await makeToyHome(SCRIPT, { machines: { web: { hosts, port: 22 } } })
  for (let i = 0; i < 2; i++) {
    const { stdout } = await runByway(toy.home, ['list', '--json'])
    assert.equal(JSON.parse(stdout.toString()).networks[0].peers, ['web'])
  }
  await settled(toy)
  const cache = join(toy.home.folder, 'cache')
  const found = await run([
    'grep',
    '--recursive',
    '--files-with-matches',
    onion.slice(0, 20),
    cache,
  ])
  assert.equal([found.stdout.toString(), found.status], ['', 1])
})

sources(
  '--inventory goes before --flake, which is the directory of its vars then',
  async ({ one }) => {
    const { home, clan, nix } = await makeToyHome(SCRIPT, {})
    clan.put('vars/per-machine/web/toy_address/ip/value', '127.0.0.1\n')
    const peer = { host: { var: addressOf('web') }, port: one.port }
    const file = home.writeFile(
      'own.json',
      JSON.stringify({ networks: { a: { peers: { web: peer } } } }),
    )
    const flags = ['--inventory', file, '--flake', clan.folder]
    const { stdout, stderr } = await connectTo({ home, clan, nix }, 'web', flags)
    assert.is(stdout.toString(), 'SSH-2.0-one\r\n', stderr)
    assert.is(nix.runs, 0)
  },
)

sources("exports come from Clan's own tool where it is there", async ({ one, other }) => {
  const machines = { web: machineAt(one) }
  const targetHosts = { db: `${other.host}:${other.port}` }
  const toy = await makeToyHome(SCRIPT, { machines, targetHosts })
  const log = new ClanTool(join(toy.home.folder, 'bin')).select({
    'clan-core/internet:public::': { networking: { priority: 5 }, peer: null },
    'clan-core/internet:public:default:selected': {
      networking: null,
      peer: { hosts: [{ plain: other.host }], port: other.port },
    },
  })
  const { stdout, stderr } = await connectTo(toy, 'selected', ['-v'])
  assert.is(stdout.toString(), 'SSH-2.0-other\r\n', stderr)
  assert.is(readFileSync(log, 'utf8'), `select --flake ${toy.clan.folder} clan.?exports\n`)
  assert.is((await connectTo(toy, 'db')).stdout.toString(), 'SSH-2.0-other\r\n')
  assert.match((await connectTo(toy, 'web')).stderr, 'no machine "web"')
})

sources("where Clan's own tool fails, Nix is asked", async ({ one }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(one) } })
  new ClanTool(join(toy.home.folder, 'bin')).fail('error: \x1b[31mno such selector\x1b[0m\n')
  const { stdout, stderr } = await runByway(toy.home, ['refresh', '-v'])
  assert.match(stderr, 'byway: clan select: no such selector; asking nix instead\n')
  assert.is(stdout.toString(), '1 machine in 1 network\n')
  assert.is((await connectTo(toy, 'web')).stdout.toString(), 'SSH-2.0-one\r\n')
})

sources.run()
