import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Inventory, Peer } from '../../../src/core/types.ts'
import { parseInventory } from '../../../src/inventory/parse.ts'

const test = suite('inventory/shapes/instances')

const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'
const HOST = 'expected an address, a name or user@host:port'
const NAME =
  'expected a name of letters, digits, "_", "." and "-" that does not begin with "." or "-"'
const PEER = 'a.networking.peers.web'
const EITHER = 'expected {"plain": …} or {"var": {machine, generator, file}}'
const VAR = { machine: 'web', generator: 'tor_x', file: 'hostname' }
const SOUND = { host: { plain: 'sound' } }

/** A peer of Clan's, then the hosts that are read, and the warnings. */
const PEERS: [string, unknown, string[], string[]][] = [
  ['one host', { host: { plain: 'a' } }, ['a'], []],
  ['a list of hosts', { hosts: [{ plain: 'a' }, { plain: 'b' }] }, ['a', 'b'], []],
  ['one in hosts', { hosts: { plain: 'a' } }, ['a'], []],
  ['a list in host', { host: [{ plain: 'a' }] }, ['a'], []],
  ['bare texts', { host: 'a', hosts: ['b'] }, ['a', 'b'], []],
  ['an unbracketed address', { host: { plain: '5f3:1ab:20::371\n' } }, ['5f3:1ab:20::371'], []],
  ['an onion name', { host: { plain: ONION } }, [`${ONION}=tor`], []],
  ['a var', { host: { var: VAR } }, ['web/tor_x/hostname'], []],
  [
    'a var with its flake',
    { host: { var: { ...VAR, flake: '/nix/store/x' } } },
    ['web/tor_x/hostname'],
    [],
  ],
  [
    'a var without its machine',
    { host: { var: { ...VAR, machine: null } } },
    ['web/tor_x/hostname'],
    [],
  ],
  ['a plain beside an empty var', { host: { plain: 'a', var: null } }, ['a'], []],
  ['an empty host', { host: { plain: '' } }, [], []],
  ['no host', {}, [], []],
  ['hosts of null', { host: null, hosts: null }, [], []],
  [
    'a bad host and a good one',
    { hosts: [{ plain: '-x' }, { plain: 'b' }] },
    ['b'],
    [`${PEER}.hosts[0].plain: left out: found "-x", ${HOST}`],
  ],
  [
    'a bad onion name',
    { hosts: [{ plain: `a b.${ONION}` }] },
    [],
    [`${PEER}.hosts[0].plain: left out: found a text of 66 characters, ${HOST}`],
  ],
  [
    'a number as host',
    { hosts: [5, 'b'] },
    ['b'],
    [`${PEER}.hosts[0]: left out: found 5, ${EITHER}`],
  ],
  [
    'a host of another kind',
    { host: { ticket: 'x' }, hosts: ['b'] },
    ['b'],
    [`${PEER}.host: left out: found an object, ${EITHER}`],
  ],
  [
    'a var that leads out',
    { hosts: [{ var: { ...VAR, file: '../../x' } }, 'b'] },
    ['b'],
    [`${PEER}.hosts[0].var.file: left out: found "../../x", ${NAME}`],
  ],
  [
    'a host that runs a program',
    { hosts: ['a?ProxyCommand=x', 'b'] },
    ['b'],
    [
      `${PEER}.hosts[0]: left out: found the option proxycommand, which runs a program, expected none in an inventory`,
    ],
  ],
  ['a port of null', { host: 'a', port: null, user: null }, ['a'], []],
  ['an empty user', { host: 'a', user: '' }, ['a'], []],
  [
    'a bad port',
    { host: 'a', port: 70000 },
    [],
    [`${PEER}.port: left out: found 70000, expected a port from 1 to 65535`],
  ],
  [
    'a bad user',
    { host: 'a', user: '-l' },
    [],
    [`${PEER}.user: left out: found "-l", expected a user that ssh would take`],
  ],
  ['a text as peer', 'a', [], [`${PEER}: left out: expected an object with the hosts of a peer`]],
  ['null as peer', null, [], []],
  ['unknown keys', { host: 'a', colour: 1 }, ['a'], []],
]

for (const [name, peer, hosts, warnings] of PEERS) {
  test(`a peer with ${name}`, () => {
    const inventory = read({ a: { networking: { peers: { web: peer, other: SOUND } } } })
    assert.equal(hostsOf(inventory, 'web'), hosts)
    assert.equal(hostsOf(inventory, 'other'), ['sound'])
    assert.equal(inventory.warnings, warnings)
  })
}

const OPTIONS: [string, unknown, string[], RegExp[]][] = [
  ['options', ['-oCompression=yes', '-o', 'User=x'], ['-oCompression=yes', '-o', 'User=x'], []],
  ['one option', '-4', ['-4'], []],
  ['null', null, [], []],
  ['stand-ins for jump hosts', ['-J x', '-J x'], [], [/SSHOptions: left out "-J x": Clan exports/]],
  ['one in two words', ['-4', '-J', 'x', '-6'], ['-4', '-6'], [/left out "-J x"/]],
  ['a real jump host, which goes to the hosts', ['-J', 'bastion', '-4'], ['-4'], []],
  ['a stray word', ['evil', '-4'], ['-4'], [/left out a word that is no option/]],
  [
    'a number',
    [5, '-4'],
    ['-4'],
    [/SSHOptions\[0\]: left out: found 5, expected an option for ssh/],
  ],
  ['a line break', ['-oA=b\nProxyCommand=x'], [], [/left out a control or invisible character/]],
  ['a letter that nobody sees', ['-oA=b\u3164'], [], [/left out a control or invisible character/]],
  [
    'a program',
    ['-oProxyCommand=x', '-4'],
    ['-4'],
    [/left out an option with which ssh runs a program/],
  ],
]

for (const [name, given, wanted, warnings] of OPTIONS) {
  test(`SSHOptions of ${name}`, () => {
    const peers = { web: { host: 'web', SSHOptions: given } }
    const inventory = read({ a: { networking: { peers } } })
    assert.equal(peerOf(inventory, 'web')?.sshOptions, wanted)
    assert.is(inventory.warnings.length, warnings.length)
    for (const [i, warning] of warnings.entries())
      assert.match(inventory.warnings[i] ?? '', warning)
  })
}

test('programs in SSHOptions are kept where commands are allowed', () => {
  const peers = { web: { host: 'web', SSHOptions: ['-oProxyCommand=x'] } }
  const inventory = read({ a: { networking: { peers } } }, { allowCommands: true })
  assert.equal(peerOf(inventory, 'web')?.sshOptions, ['-oProxyCommand=x'])
  assert.equal(inventory.warnings, [])
})

test('other spellings of SSHOptions are read', () => {
  const peers = { web: { host: 'web', sshoptions: ['-4'] } }
  assert.equal(peerOf(read({ a: { peers } }), 'web')?.sshOptions, ['-4'])
})

test('one broken network does not lose the others', () => {
  const inventory = read({
    broken: { networking: { module: 7, priority: 'high', peers: ['x'] } },
    '-x': { networking: { peers: { web: SOUND } } },
    none: { networking: null },
    nothing: {},
    empty: null,
    sound: {
      networking: { module: 'clan_lib.network.direct', priority: 5, peers: { web: SOUND } },
    },
  })
  assert.equal(
    inventory.networks.map(({ name, priority }) => [name, priority]),
    [
      ['broken', 1000],
      ['sound', 5],
    ],
  )
  assert.equal(inventory.warnings, [
    'broken.networking.peers: left out: expected an object with a peer for each machine',
    'broken.networking: found no number as its priority, taken as 1000',
    `["-x"].networking: left out: found the name "-x", ${NAME}`,
  ])
})

test('a hostile machine name is left out with a warning', () => {
  const inventory = read({
    a: { networking: { peers: { '-oProxyCommand=x': SOUND, web: SOUND } } },
  })
  assert.equal([...(inventory.networks[0]?.peers.keys() ?? [])], ['web'])
  assert.match(inventory.warnings[0] ?? '', /left out: found the name "-oProxyCommand=x"/)
})

test("names that are JavaScript's are names", () => {
  const text =
    '{"__proto__":{"priority":1,"peers":{"constructor":{"host":"a"},"__proto__":{"host":"b"}}}}'
  const { networks } = parseInventory(text, 'i.json')
  assert.is(networks[0]?.name, '__proto__')
  assert.equal([...(networks[0]?.peers.keys() ?? [])], ['constructor', '__proto__'])
})

test('an unknown module is direct with a warning', () => {
  const inventory = read({ a: { networking: { module: 'x.pigeon', peers: { web: SOUND } } } })
  assert.is(inventory.networks[0]?.technology, 'direct')
  assert.is(inventory.networks[0]?.module, 'pigeon')
  assert.equal(inventory.warnings, [
    'a.networking: the module "x.pigeon" is not known, taken as direct',
  ])
})

function read(document: object, options = {}): Inventory {
  return parseInventory(JSON.stringify(document), 'i.json', options)
}

function peerOf({ networks }: Inventory, machine: string): Peer | undefined {
  return networks[0]?.peers.get(machine)
}

function hostsOf(inventory: Inventory, machine: string): string[] {
  const hosts = peerOf(inventory, machine)?.hosts ?? []
  return hosts.map(({ at, technology }) => {
    const place = 'var' in at ? Object.values(at.var).join('/') : Object.values(at).join('')
    return technology === undefined ? place : `${place}=${technology}`
  })
}

test.run()
