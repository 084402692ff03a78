import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Machine, Network, Peer } from '../../src/core/types.ts'
import {
  type CompiledHeader,
  CompiledInventory,
  encodeInventory,
  type Memberships,
  type RandomAccess,
} from '../../src/inventory/compiled.ts'
import { caughtByway } from '../helpers/errors.ts'
import { Random } from '../helpers/random.ts'

const test = suite('inventory/compiled')
const random = new Random('inventory/compiled')

const NETWORKS: readonly Network[] = ['vpn', 'internet'].map((name, i) => {
  return {
    name,
    priority: 2000 - i,
    technology: 'direct',
    module: 'direct',
    settings: {},
    source: 0,
  }
})

const HEADER: CompiledHeader = {
  stamps: [{ path: '/inventory.json', state: '1 2 3 4 5' }],
  sources: [{ name: 'all', domain: 'example', clan: '/clan', flake: null, allowCommands: false }],
  settings: { timeout: 10, stagger: 250, grace: 150 },
  networks: NETWORKS,
  daemons: {},
  self: null,
  warnings: [],
}

/** Names that are something else elsewhere, or that begin alike. */
const ODD = [
  '__proto__',
  'constructor',
  'toString',
  'a',
  'aa',
  'a.example',
  'köln',
  '東京',
  'x_-.y',
]

for (const count of [0, 1, 2, 3, 16, 17, 1000, 20_000]) {
  test(`${count} machines: each is found, and nobody else`, () => {
    const machines = people(count)
    const compiled = new CompiledInventory(inMemory(encodeInventory(HEADER, machines)))
    for (const [name, memberships] of machines) {
      assert.equal(compiled.find(name), machineOf(name, memberships))
    }
    for (const name of ['', 'nobody', 'M0', ` ${'m0'}`, 'm0\0', `m${count}`, '[', ...ODD]) {
      if (!machines.has(name)) assert.is(compiled.find(name), null, name)
    }
    assert.equal(compiled.header, HEADER)
  })

  test(`${count} machines come in their order`, () => {
    const machines = people(count)
    const compiled = new CompiledInventory(inMemory(encodeInventory(HEADER, machines)))
    const names = Array.from(compiled.machines(), ({ name }) => name)
    assert.equal(names, [...machines.keys()])
  })
}

test('names that are something else elsewhere', () => {
  const machines = new Map(ODD.map((name, i) => [name, [[i % 2, peer(name)]] as Memberships]))
  const compiled = new CompiledInventory(inMemory(encodeInventory(HEADER, machines)))
  for (const name of ODD) assert.is(hostOf(compiled.find(name)), name)
})

test('of 20000 machines one is found by a few small reads', () => {
  const reads: number[] = []
  const bytes = encodeInventory(HEADER, people(20_000))
  const whole = inMemory(bytes)
  const compiled = new CompiledInventory({
    size: whole.size,
    read: (offset, length) => {
      reads.push(length)
      return whole.read(offset, length)
    },
  })
  for (let i = 0; i < 1000; i++) {
    reads.length = 0
    compiled.find(random.percent(80) ? `m${random.between(0, 19_999)}` : `nobody${i}`)
    const sum = reads.reduce((all, length) => all + length, 0)
    assert.ok(sum <= 64 * 1024, `${sum} bytes of ${bytes.length}`)
  }
})

test('a machine with more hosts than one read takes', () => {
  const hosts = Array.from({ length: 500 }, (_, i) => ({ at: { plain: `host-${i}.example` } }))
  const large = { ...peer('x'), hosts }
  const machines = new Map<string, Memberships>([
    ['small', [[0, peer('before')]]],
    ['large', [[1, large]]],
    ['last', [[0, peer('after')]]],
  ])
  const compiled = new CompiledInventory(inMemory(encodeInventory(HEADER, machines)))
  assert.equal(compiled.find('large')?.memberships[0]?.peer, large)
  assert.is(hostOf(compiled.find('last')), 'after')
  assert.is(Array.from(compiled.machines()).length, 3)
})

test('a header larger than the first read', () => {
  const networks = Array.from({ length: 300 }, (_, i) => ({ ...NETWORKS[0], name: `network-${i}` }))
  const header = { ...HEADER, networks: networks as Network[] }
  const bytes = encodeInventory(header, new Map([['web', [[299, peer('x')]]]]))
  const compiled = new CompiledInventory(inMemory(bytes))
  assert.is(compiled.find('web')?.memberships[0]?.network.name, 'network-299')
  assert.equal(compiled.header, header)
})

test('a name that several sources have', async () => {
  const rivals = { sources: ['home', 'work'], names: ['web.home', 'web.work'] }
  const machines = new Map<string, Memberships | typeof rivals>([
    ['web.home', [[0, peer('x')]]],
    ['web', rivals],
  ])
  const compiled = new CompiledInventory(inMemory(encodeInventory(HEADER, machines)))
  const error = await caughtByway('NOHOST', () => compiled.find('web'))
  assert.match(error.message, '"home" and "work"')
  assert.match(error.hint ?? '', 'web.home or web.work')
  const names = Array.from(compiled.machines(), ({ name }) => name)
  assert.equal(names, ['web.home'])
})

test.run()

function people(count: number): Map<string, Memberships> {
  const names = Array.from({ length: count }, (_, i) => `m${i}`)
  return new Map(
    names.map((name, i) => [
      name,
      [
        [0, peer(name)],
        [1, peer(`${i}.example`)],
      ],
    ]),
  )
}

function peer(host: string): Peer {
  return { hosts: [{ at: { plain: host } }], port: 2222, user: null, sshOptions: ['-4'] }
}

function machineOf(name: string, memberships: Memberships): Machine {
  const resolved = memberships.map(([network, its]) => {
    return { network: NETWORKS[network] as Network, peer: its }
  })
  return { name, memberships: resolved, clan: '/clan', domain: 'example' }
}

function hostOf(machine: Machine | null): string | null {
  const at = machine?.memberships[0]?.peer.hosts[0]?.at
  return at !== undefined && 'plain' in at ? at.plain : null
}

function inMemory(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }
}
