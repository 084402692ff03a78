import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PeopledNetwork } from '../../../src/core/types.ts'
import { parseInventory } from '../../../src/inventory/parse.ts'

const test = suite('inventory/shapes/plain')

const VAR = { machine: 'web', generator: 'tor_x', file: 'hostname' }

test('takes programs from those who may name them', () => {
  const peers = { web: { host: 'web', SSHOptions: ['-oProxyCommand=x'] } }
  const office = { command: ['ssh', '{host}'], daemon: { command: ['d'], linger: 5 }, peers }
  const [network] = read({ office }, { allowCommands: true })
  assert.equal(network?.settings, {
    command: ['ssh', '{host}'],
    daemon: { command: ['d'], linger: 5 },
  })
  assert.is(network?.technology, 'command')
  assert.equal(network?.peers.get('web')?.sshOptions, ['-oProxyCommand=x'])
})

const FORMS: [string, unknown, unknown[]][] = [
  ['one host', { host: 'a' }, [{ at: { plain: 'a' } }]],
  ['one in hosts', { hosts: 'a' }, [{ at: { plain: 'a' } }]],
  ['a list in host', { host: ['a', 'b'] }, [{ at: { plain: 'a' } }, { at: { plain: 'b' } }]],
  ['both', { host: 'a', hosts: ['b'] }, [{ at: { plain: 'a' } }, { at: { plain: 'b' } }]],
  ['a plain in words', { host: { plain: 'a' } }, [{ at: { plain: 'a' } }]],
  ['a var', { host: { var: VAR } }, [{ at: { var: VAR } }]],
  ['an empty one among others', { hosts: ['', 'a'] }, [{ at: { plain: 'a' } }]],
]

for (const [name, peer, hosts] of FORMS) {
  test(`takes hosts as ${name}`, () => {
    const [network] = read({ office: { peers: { web: peer } } })
    assert.equal(network?.peers.get('web')?.hosts, hosts)
  })
}

const TECHNOLOGIES: [string, object, string, number][] = [
  ['nothing', {}, 'direct', 1000],
  ['a proxy', { socks: '127.0.0.1:1080' }, 'socks', 1000],
  ['a jump host', { jump: 'gate' }, 'jump', 1000],
  ['an HTTP proxy', { http: 'http://proxy:3128' }, 'http', 1000],
  ['tor', { technology: 'tor', socks: 'unix:/run/tor/socks' }, 'tor', 10],
  ['iroh', { technology: 'iroh' }, 'iroh', 3000],
  ['its own priority', { technology: 'mycelium', priority: -1.5 }, 'mycelium', -1.5],
]

for (const [name, entry, technology, priority] of TECHNOLOGIES) {
  test(`a network that says ${name} is ${technology} at ${priority}`, () => {
    const [network] = read({ office: entry })
    assert.is(network?.technology, technology)
    assert.is(network?.module, technology)
    assert.is(network?.priority, priority)
  })
}

const PROXIES = [
  '127.0.0.1:1080',
  'proxy.example:1080',
  'proxy.example',
  '[::1]:1080',
  'socks5h://proxy.example:1080',
  'socks5://me:p%40ss@proxy.example:1080/',
  'socks5h://me:@[2001:db8::1]:1',
  'unix:/run/user/1000/tor socks',
]

for (const socks of PROXIES) {
  test(`takes the proxy ${socks}`, () =>
    assert.is(read({ a: { socks } })[0]?.settings.socks, socks))
}

const HTTP_PROXIES = [
  'http://proxy',
  'http://proxy.example:3128/',
  'https://me:p%40ss@proxy.example:443',
  'http://me:@[2001:db8::1]:8080',
]

for (const http of HTTP_PROXIES) {
  test(`takes the proxy ${http}`, () => assert.is(read({ a: { http } })[0]?.settings.http, http))
}

const JUMPS = ['gate', 'me@gate.example:2222', 'gate,me@[2001:db8::1]:22,inner', 'ssh://me@gate:1']

for (const jump of JUMPS) {
  test(`takes the jump host ${jump}`, () =>
    assert.is(read({ a: { jump } })[0]?.settings.jump, jump))
}

test('iroh and commands need no hosts', () => {
  const peers = { web: {} }
  const iroh = read({ punch: { technology: 'iroh', peers } })[0]?.peers.get('web')
  const ticket = { machine: 'web', generator: 'p2p-ssh-iroh-punch', file: 'ticket' }
  assert.equal(iroh?.hosts, [{ at: { var: ticket } }])
  const pod = read(
    { k8s: { command: ['kubectl', 'exec', '{machine}'], peers } },
    { allowCommands: true },
  )
  assert.equal(pod[0]?.peers.get('web')?.hosts, [{ at: { plain: 'web' } }])
})

test('a disabled network is left out', () => {
  assert.equal(
    read({ office: { enabled: false }, home: {} }).map(({ name }) => name),
    ['home'],
  )
})

test('options of the host come after those of the peer', () => {
  const peer = { host: 'web?Compression=yes', SSHOptions: '-4' }
  const [network] = read({ office: { peers: { web: peer } } })
  assert.equal(network?.peers.get('web')?.sshOptions, ['-4', '-oCompression=yes'])
})

test("Clan's stand-in for jump hosts is left out with a warning, a jump host is not", () => {
  const peer = { host: 'web', SSHOptions: ['-J x', '-J', 'bastion', '-J', 'x'] }
  const text = JSON.stringify({ networks: { office: { peers: { web: peer } } } })
  const inventory = parseInventory(text, 'i.json')
  const web = inventory.networks[0]?.peers.get('web')
  assert.equal(web?.sshOptions, [])
  assert.equal(web?.hosts, [{ at: { plain: 'web' }, technology: 'jump', jump: ['bastion'] }])
  assert.is(inventory.warnings.length, 1)
  assert.match(
    inventory.warnings[0] ?? '',
    /^networks\.office\.peers\.web\.SSHOptions: left out "-J x"/,
  )
})

test("names that are JavaScript's are names", () => {
  const text =
    '{"networks":{"__proto__":{"peers":{"constructor":{"host":"a"},"__proto__":{"host":"b"}}},' +
    '"toString":{"peers":{"hasOwnProperty":{"host":"c"}}}}}'
  const { networks } = parseInventory(text, 'i.json')
  assert.equal(
    networks.map(({ name, peers }) => [name, ...peers.keys()]),
    [
      ['__proto__', 'constructor', '__proto__'],
      ['toString', 'hasOwnProperty'],
    ],
  )
  assert.is(({} as { host?: unknown }).host, undefined)
})

function read(networks: object, options = {}): readonly PeopledNetwork[] {
  return parseInventory(JSON.stringify({ networks }), 'i.json', options).networks
}

test.run()
