import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Inventory, PeopledNetwork } from '../../../src/core/types.ts'
import { parseInventory } from '../../../src/inventory/parse.ts'

const test = suite('inventory/shapes/scoped')

const DIRECT = 'clan_lib.network.direct'
const DEFAULTS = {
  networking: { module: DIRECT, priority: 1000 },
  peer: { SSHOptions: [], hosts: [], name: 'peer', port: 22, user: null },
}

test('two roles of one machine add up', () => {
  const [network] = read({
    'c/wireguard:hub:controller:web': { peer: { hosts: [{ plain: 'a' }, { plain: 'c' }] } },
    'c/wireguard:hub:peer:web': { peer: { hosts: [{ plain: 'b' }, { plain: 'c' }] } },
  }).networks
  assert.equal(network?.peers.get('web')?.hosts, [
    { at: { plain: 'a' } },
    { at: { plain: 'c' } },
    { at: { plain: 'b' } },
  ])
})

test('and keep what they say of port, user and options', () => {
  const [network] = read({
    's:net:a:web': { peer: { host: 'a', port: 22, user: null, SSHOptions: ['-4'] } },
    's:net:b:web': { peer: { host: 'b', port: 2222, user: 'me', SSHOptions: ['-4'] } },
    's:net:c:web': { peer: { host: 'c:7', user: 'you', SSHOptions: ['-6'] } },
  }).networks
  assert.equal(network?.peers.get('web'), {
    hosts: [
      { at: { plain: 'a' } },
      { at: { plain: 'b' }, port: 2222 },
      { at: { plain: 'c' }, port: 7, user: 'you' },
    ],
    port: 22,
    user: 'me',
    sshOptions: ['-4', '-6'],
  })
})

test('a role that names no port keeps 22 beside one that does', () => {
  const [network] = read({
    's:net:a:web': { peer: { host: 'a' } },
    's:net:b:web': { peer: { host: 'b', port: 2222 } },
  }).networks
  const peer = network?.peers.get('web')
  assert.is(peer?.port, 2222)
  assert.equal(peer?.hosts, [{ at: { plain: 'a' }, port: 22 }, { at: { plain: 'b' } }])
})

test('defaults on every key make no network and no peer', () => {
  const inventory = read({
    'clan-core/user:people::': DEFAULTS,
    'clan-core/user:people:default:web': { ...DEFAULTS, auth: null },
    'clan-core/tor:onion::': {
      ...DEFAULTS,
      networking: { module: 'clan_lib.network.tor', priority: 10 },
    },
    'clan-core/tor:onion:server:web': {
      networking: DEFAULTS.networking,
      peer: { ...DEFAULTS.peer, hosts: [{ plain: 'a.onion' }] },
    },
    'clan-core/tor:onion:client:db': DEFAULTS,
    'clan-core/p2p-ssh-iroh:punch::': {
      ...DEFAULTS,
      networking: { module: 'clan_lib.network.p2p_ssh_iroh', priority: 3000 },
    },
    'clan-core/p2p-ssh-iroh:punch:server:db': DEFAULTS,
  })
  assert.equal(summarize(inventory), ['onion 10 tor: web', 'punch 3000 iroh: db'])
  assert.equal(inventory.warnings, [])
  assert.equal(inventory.networks[1]?.peers.get('db')?.hosts, [
    { at: { var: { machine: 'db', generator: 'p2p-ssh-iroh-punch', file: 'ticket' } } },
  ])
})

test("the networking of the instance's own key counts, wherever it stands", () => {
  const inventory = read({
    's:net:default:web': { networking: DEFAULTS.networking, peer: { host: 'a' } },
    's:net::': { networking: { module: 'clan_lib.network.tor', priority: 7 } },
  })
  assert.equal(summarize(inventory), ['net 7 tor: web'])
})

/** What an instance says of itself, then its network. */
const NETWORKING: [string, object, string[]][] = [
  ['nothing', {}, ['net 10 tor: web']],
  ['null', { 'c/tor:net::': null }, ['net 10 tor: web']],
  ['networking of null', { 'c/tor:net::': { networking: null } }, ['net 10 tor: web']],
  ['no priority', { 'c/tor:net::': { networking: { module: DIRECT } } }, ['net 10 tor: web']],
  ['priority 0', { 'c/tor:net::': { networking: { priority: 0 } } }, ['net 0 tor: web']],
]

for (const [name, extra, wanted] of NETWORKING) {
  test(`an instance that says ${name}`, () => {
    assert.equal(summarize(read({ 'c/tor:net::web': { peer: { host: 'a' } }, ...extra })), wanted)
  })
}

test('without a known service and without a priority it is 1000', () => {
  const inventory = read({ 'acme/x:net::web': { networking: null, peer: { host: 'a' } } })
  assert.equal(summarize(inventory), ['net 1000 direct: web'])
})

test('an unknown service is direct with a warning and stops nobody', () => {
  const inventory = read({
    'acme/pigeon:loft::': { networking: { module: 'acme.pigeon', priority: 5 } },
    'acme/pigeon:loft:default:web': { peer: { host: 'a' } },
    'acme/raven:roost::web': { peer: { host: 'a' } },
    'clan-core/internet:public::web': { peer: { host: 'a' } },
  })
  assert.equal(summarize(inventory), [
    'loft 5 direct: web',
    'roost 1000 direct: web',
    'public 2000 direct: web',
  ])
  assert.equal(inventory.warnings, [
    '["acme/pigeon:loft::"]: the module "acme.pigeon" is not known, taken as direct',
    '["acme/raven:roost::web"]: the service "acme/raven" is not known, taken as direct',
  ])
})

test('keys without four parts are left out with a warning', () => {
  const inventory = read({
    'a:b:c': { peer: { host: 'x' } },
    'a:b:c:d:e': { peer: { host: 'x' } },
    machines: {},
    's:net:r:web': { peer: { host: 'x' } },
  })
  assert.equal(summarize(inventory), ['net 1000 direct: web'])
  const rule = 'expected service:instance:role:machine'
  assert.equal(inventory.warnings.slice(0, 3), [
    `left out the key "a:b:c", ${rule}`,
    `left out the key "a:b:c:d:e", ${rule}`,
    `left out the key "machines", ${rule}`,
  ])
})

test('the machine is that of the key', () => {
  const inventory = read({ 'c/internet:net:r:web': { peer: { name: 'peer', host: 'x' } } })
  assert.equal(summarize(inventory), ['net 2000 direct: web'])
})

test('hostile names are left out with a warning', () => {
  const inventory = read({
    'c/internet:-net:r:web': { peer: { host: 'x' } },
    'c/internet:net:r:-oProxyCommand=x': { peer: { host: 'x' } },
    'c/internet:net:r:db': { peer: { host: 'x' } },
  })
  assert.equal(summarize(inventory), ['net 2000 direct: db'])
  assert.is(inventory.warnings.length, 2)
})

test('an instance of two services is that of the first', () => {
  const inventory = read({
    'c/internet:net::web': { peer: { host: 'x' } },
    'c/tor:net::web': { peer: { host: 'y' } },
  })
  assert.equal(summarize(inventory), ['net 2000 direct: web'])
  assert.equal(inventory.warnings, [
    '["c/tor:net::web"]: left out: the instance is one of "c/internet" already',
  ])
})

test('peers inside of networking are read too', () => {
  const peers = { web: { host: { plain: 'x' } } }
  const inventory = read({ 'c/internet:net::': { networking: { priority: 3, peers } } })
  assert.equal(summarize(inventory), ['net 3 direct: web'])
})

test('exports that are no objects are left out', () => {
  const inventory = read({
    'c/internet:net::': 5,
    'c/internet:net:r:web': null,
    'c/internet:net:r:db': { peer: { host: 'x' } },
    'c/internet:net:r:nas': { peer: 'x' },
  })
  assert.equal(summarize(inventory), ['net 2000 direct: db'])
  assert.equal(inventory.warnings, [
    '["c/internet:net:r:nas"].peer: left out: expected an object with the hosts of a peer',
  ])
})

test('networks and equal priorities keep the order of the keys', () => {
  const names = ['z', 'a', 'm']
  const entries = names.map((name) => [`c/internet:${name}::web`, { peer: { host: 'x' } }])
  const { networks } = read(Object.fromEntries(entries))
  assert.equal(
    networks.map(({ name }) => name),
    names,
  )
})

function read(document: object): Inventory {
  return parseInventory(JSON.stringify(document), 'i.json')
}

function summarize({ networks }: { networks: readonly PeopledNetwork[] }): string[] {
  return networks.map(({ name, priority, technology, peers }) => {
    return `${name} ${priority} ${technology}: ${[...peers.keys()].join(' ')}`
  })
}

test.run()
