import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { CompiledInventory } from '../../src/inventory/compiled.ts'
import { parseConfig } from '../../src/inventory/config.ts'
import { Draft } from '../../src/inventory/draft.ts'
import { joinInventories } from '../../src/inventory/join.ts'
import { OpenedInventory } from '../../src/inventory/open.ts'
import { parseInventory } from '../../src/inventory/parse.ts'

const join = suite('inventory/join')

/** Networks by name, each with the hosts of its machines. */
type Networks = Readonly<Record<string, Readonly<Record<string, string>>>>

interface Given {
  readonly name: string
  readonly domain?: string
  readonly networks: Networks
}

/** What several sources and a configuration make, compiled and opened. */
function open(given: readonly Given[], config: object = {}): OpenedInventory {
  const inventories = given.map(({ name, domain, networks }) =>
    parseInventory(JSON.stringify({ domain: domain ?? null, networks: expand(networks) }), name),
  )
  const joined = joinInventories(inventories, parseConfig(JSON.stringify(config), 'config'))
  const sources = given.map(({ name, domain = null }) => {
    return { name, domain, clan: `/${name}`, flake: null, allowCommands: false }
  })
  const settings = { timeout: 10, stagger: 250, grace: 150 }
  const bytes = new Draft(joined, []).encode({
    ...{ stamps: [], sources, settings, daemons: {}, self: null, warnings: [] },
  })
  const data = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
  return new OpenedInventory(new CompiledInventory(data))
}

function expand(networks: Networks) {
  return Object.fromEntries(
    Object.entries(networks).map(([name, hosts]) => {
      const peers = Object.entries(hosts).map(([machine, host]) => [machine, { host }])
      return [name, { peers: Object.fromEntries(peers) }]
    }),
  )
}

/** Networks and hosts of a machine, as `internet 192.0.2.1`, with its clan; null: not found. */
function look(inventory: OpenedInventory, name: string): readonly string[] | null {
  const machine = inventory.find(name)
  if (machine === null) return null
  const hosts = machine.memberships.flatMap(({ network, peer }) =>
    peer.hosts.map(({ at }) => `${network.name} ${'plain' in at ? at.plain : '?'}`),
  )
  return [machine.name, machine.clan ?? '-', ...hosts]
}

function hintFor(inventory: OpenedInventory, name: string): string {
  try {
    inventory.find(name)
  } catch (error) {
    if (error instanceof BywayError) return `${error.exit}: ${error.message} (${error.hint})`
  }
  return 'nothing was thrown'
}

const A: Given = {
  name: 'a',
  domain: 'a.example',
  networks: { internet: { web: '192.0.2.1', own: '192.0.2.2' } },
}
const B: Given = {
  name: 'b',
  domain: 'b.example',
  networks: { internet: { web: '192.0.2.3' }, vpn: { web: '10.0.0.3', other: '10.0.0.4' } },
}

join('machines of one source are found by name, and by name and domain', () => {
  const inventory = open([A, B])
  assert.equal(look(inventory, 'own'), ['own', '/a', 'internet 192.0.2.2'])
  assert.equal(look(inventory, 'own.a.example'), ['own', '/a', 'internet 192.0.2.2'])
  assert.equal(look(inventory, 'other.b.example'), ['other', '/b', 'vpn 10.0.0.4'])
  assert.is(look(inventory, 'own.b.example'), null)
})

join('a machine of two sources is found by name and domain only', () => {
  const inventory = open([A, B])
  assert.equal(look(inventory, 'web.a.example'), ['web.a.example', '/a', 'internet 192.0.2.1'])
  assert.equal(look(inventory, 'web.b.example'), [
    ...['web.b.example', '/b', 'internet 192.0.2.3', 'vpn 10.0.0.3'],
  ])
  const hint = 'say which: web.a.example or web.b.example'
  assert.is(hintFor(inventory, 'web'), `NOHOST: machine "web" is in "a" and "b" (${hint})`)
  const names = Array.from(inventory.machines(), ({ name }) => name)
  assert.equal(names.toSorted(), ['other', 'own', 'web.a.example', 'web.b.example'])
})

join('sources without a domain of their own are told apart by their names', () => {
  const { domain: _, ...bare } = B
  const third = { ...A, name: 'c' }
  const inventory = open([A, bare, third])
  assert.equal(look(inventory, 'web.b')?.[1], '/b')
  assert.equal(look(inventory, 'web.a')?.[1], '/a')
  assert.equal(look(inventory, 'web.c')?.[1], '/c')
})

join('sources that nothing tells apart need names', () => {
  const inventory = open([
    { name: '/x.json', networks: { lan: { box: '192.0.2.5' } } },
    { name: '/y.json', networks: { lan: { box: '192.0.2.6' } } },
  ])
  const hint = 'give the sources names in the configuration ("inventory": [{"name": …, …}])'
  const message = 'machine "box" is in "/x.json" and "/y.json"'
  assert.is(hintFor(inventory, 'box'), `NOHOST: ${message} (${hint})`)
  assert.equal([...inventory.machines()], [])
})

join('the configuration overrides a network in every source', () => {
  const { networks } = open([A, B], { networks: { internet: { priority: 7 } } }).header
  const found = networks.map(({ name, priority, source }) => [name, priority, source])
  assert.equal(found, [
    ['vpn', 1000, 1],
    ['internet', 7, 0],
    ['internet', 7, 1],
  ])
})

join('the configuration turns a network off in every source', () => {
  const inventory = open([A, B], { networks: { internet: { enabled: false } } })
  assert.equal(look(inventory, 'web'), ['web', '/b', 'vpn 10.0.0.3'])
})

join('a network of the configuration alone is there once, for the machines of all', () => {
  const peers = Object.fromEntries(['web', 'own', 'fresh'].map((name) => [name, { host: name }]))
  const inventory = open([A, B], { networks: { lab: { priority: 1, peers } } })
  const labs = inventory.header.networks.filter(({ name }) => name === 'lab')
  assert.equal(labs.length, 1)
  assert.equal(look(inventory, 'own'), ['own', '/a', 'internet 192.0.2.2', 'lab own'])
  assert.equal(look(inventory, 'web.b.example')?.at(-1), 'lab web')
  assert.equal(look(inventory, 'web.a.example')?.at(-1), 'lab web')
  assert.equal(look(inventory, 'fresh'), ['fresh', '/a', 'lab fresh'])
})

join('peers of the configuration join the source that has their machine', () => {
  const peers = { own: { host: 'own.lan' }, other: { host: 'other.lan' }, new: { host: 'new.lan' } }
  const inventory = open([A, B], { networks: { internet: { peers } } })
  assert.equal(look(inventory, 'own'), ['own', '/a', 'internet own.lan'])
  assert.equal(look(inventory, 'other')?.toSorted(), [
    ...['/b', 'internet other.lan', 'other', 'vpn 10.0.0.4'],
  ])
  assert.equal(look(inventory, 'new'), ['new', '/a', 'internet new.lan'])
  const vpn = open([A, B], { networks: { vpn: { peers: { new: { host: 'new.vpn' } } } } })
  assert.equal(look(vpn, 'new'), ['new', '/b', 'vpn new.vpn'])
})

join.run()
