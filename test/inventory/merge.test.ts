import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Inventory, Peer, PeopledNetwork } from '../../src/core/types.ts'
import { parseConfig } from '../../src/inventory/config.ts'
import { applyConfig } from '../../src/inventory/merge.ts'
import { parseInventory } from '../../src/inventory/parse.ts'

const test = suite('inventory/merge')

const INVENTORY = parseInventory(
  JSON.stringify({
    networks: {
      tor: { technology: 'tor', priority: 10, peers: { web: { host: 'a.onion' } } },
      public: { priority: 2000, peers: { web: { host: 'web' }, db: { host: 'db' } } },
      lan: { priority: 2000, peers: { web: { host: '192.0.2.1' } } },
    },
  }),
  'i.json',
)

/** The configuration's networks, then what becomes of the inventory's. */
const CASES: [string, object, string[]][] = [
  [
    'nothing: sorted by priority, equal ones in order',
    {},
    [
      'public 2000 direct: web=web db=db',
      'lan 2000 direct: web=192.0.2.1',
      'tor 10 tor: web=a.onion',
    ],
  ],
  [
    'another priority',
    { tor: { priority: 9000 } },
    [
      'tor 9000 tor: web=a.onion',
      'public 2000 direct: web=web db=db',
      'lan 2000 direct: web=192.0.2.1',
    ],
  ],
  [
    'a network left out',
    { public: { enabled: false }, tor: { enabled: true } },
    ['lan 2000 direct: web=192.0.2.1', 'tor 10 tor: web=a.onion'],
  ],
  [
    'another technology',
    { lan: { technology: 'wireguard' }, public: { enabled: false } },
    ['lan 2000 wireguard: web=192.0.2.1', 'tor 10 tor: web=a.onion'],
  ],
  [
    'ways that a direct network is dialled by',
    { lan: { jump: 'gate' }, public: { http: 'http://proxy:3128' }, tor: { socks: 'h:1' } },
    ['public 2000 http: web=web db=db', 'lan 2000 jump: web=192.0.2.1', 'tor 10 tor: web=a.onion'],
  ],
  [
    'peers replaced and added',
    {
      public: { peers: { web: { host: 'w2' }, nas: { host: 'nas' } } },
      lan: { enabled: false },
    },
    ['public 2000 direct: web=w2 db=db nas=nas', 'tor 10 tor: web=a.onion'],
  ],
  [
    'networks of its own',
    {
      lan: { enabled: false },
      public: { enabled: false },
      gone: { enabled: false, peers: { web: { host: 'x' } } },
      vpn: { peers: { web: { host: '10.0.0.1' } } },
      proxy: { socks: 'h:1', priority: 3, peers: { web: { host: 'x' } } },
      pods: { command: ['kubectl'], priority: 2, peers: { web: {} } },
      punch: { technology: 'iroh', priority: 1, peers: { web: {} } },
    },
    [
      'vpn 1000 direct: web=10.0.0.1',
      'tor 10 tor: web=a.onion',
      'proxy 3 socks: web=x',
      'pods 2 command: web=web',
      'punch 1 iroh: web=var',
    ],
  ],
]

for (const [name, networks, wanted] of CASES) {
  test(name, () => {
    const merged = apply(networks)
    assert.equal(merged.networks.map(summarize), wanted)
    assert.equal(merged.warnings, [])
  })
}

test('jump hosts are left out where a network goes a way of its own', () => {
  const peers = { web: { host: { var: { machine: 'web', generator: 'g', file: 'f' } } } }
  const jumping = { web: { ...peers.web, SSHOptions: ['-J', 'gate', '-4'] } }
  const networks = { tor: { technology: 'tor', peers: jumping }, lan: { peers: jumping } }
  const merged = applyConfig(
    parseInventory(JSON.stringify({ networks }), 'i.json'),
    parseConfig('{}', 'c.json'),
  )
  const [lan, tor] = merged.networks.map((network) => network.peers.get('web'))
  const { hosts } = parsePeer(peers)
  assert.equal(lan?.hosts, [{ ...hosts[0], technology: 'jump', jump: ['gate'] }])
  assert.equal(tor?.hosts, hosts)
  assert.equal(tor?.sshOptions, ['-4'])
  assert.equal(merged.warnings, [
    'network "tor", machine "web": left out its jump hosts, which tor does not go through',
  ])
})

test('settings are added to those of the inventory', () => {
  const text = JSON.stringify({ networks: { a: { socks: 'h:1', timeout: 5 } } })
  const config = parseConfig('{"networks":{"a":{"timeout":9}}}', 'c.json')
  const [network] = applyConfig(parseInventory(text, 'i.json'), config).networks
  assert.equal(network?.settings, { socks: 'h:1', timeout: 9 })
})

test('the word for people follows a technology that is overridden, else it stays', () => {
  const text = JSON.stringify({
    'c/tor:a::web': { networking: { module: 'x.direct' }, peer: { host: 'w' } },
  })
  const inventory = parseInventory(text, 'i.json')
  const moduleWith = (json: string) =>
    applyConfig(inventory, parseConfig(json, 'c.json')).networks[0]?.module
  assert.is(moduleWith('{"networks":{"a":{"priority":5}}}'), 'direct')
  assert.is(moduleWith('{"networks":{"a":{"technology":"tinc"}}}'), 'tinc')
})

test('an entry for a network that is nowhere makes a warning with the nearest name', () => {
  const merged = apply({ pubilc: { priority: 5 }, xyz: { timeout: 5 } })
  assert.is(merged.networks.length, 3)
  assert.equal(merged.warnings, [
    'the configuration\'s network "pubilc" is not in the inventory and has no peers; the inventory has "public"',
    'the configuration\'s network "xyz" is not in the inventory and has no peers',
  ])
})

test('such a warning holds no secret', () => {
  const onion = `${'vww6ybal'.repeat(7)}.onion`
  assert.equal(apply({ [onion]: { priority: 5 } }).warnings, [
    "the configuration's network a text of 62 characters is not in the inventory and has no peers",
  ])
})

test('changes nothing of what it is given', () => {
  const before = INVENTORY.networks.map(summarize)
  apply({
    public: { priority: 1, peers: { new: { host: 'x' } } },
    more: { peers: { a: { host: 'x' } } },
  })
  assert.equal(INVENTORY.networks.map(summarize), before)
})

test('keeps domain and warnings', () => {
  const inventory = { ...INVENTORY, domain: 'example.clan', warnings: ['w'] }
  const merged = applyConfig(inventory, parseConfig('{}', 'c.json'))
  assert.is(merged.domain, 'example.clan')
  assert.equal(merged.warnings, ['w'])
})

function parsePeer(peers: object): Peer {
  const text = JSON.stringify({ networks: { a: { peers } } })
  return parseInventory(text, 'i.json').networks[0]?.peers.get('web') as Peer
}

function apply(networks: object): Inventory {
  return applyConfig(INVENTORY, parseConfig(JSON.stringify({ networks }), 'c.json'))
}

function summarize({ name, priority, technology, peers }: PeopledNetwork): string {
  const members = [...peers].map(([machine, { hosts }]) => {
    const at = hosts[0]?.at
    return `${machine}=${at !== undefined && 'plain' in at ? at.plain : 'var'}`
  })
  return `${name} ${priority} ${technology}: ${members.join(' ')}`
}

test('that the configuration names a proxy is known', () => {
  const { networks } = apply({ tor: { socks: '192.0.2.9:9050' }, lan: { priority: 1 } })
  const own = networks.filter(({ ownSocks }) => ownSocks === true).map(({ name }) => name)
  assert.equal(own, ['tor'])
})

test.run()
