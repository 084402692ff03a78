import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../../src/core/errors.ts'
import { parseInventory } from '../../../src/inventory/parse.ts'

const test = suite('inventory/shapes/plain, errors')

const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'
const WEB = 'networks.office.peers.web'
const NAME =
  'expected a name of letters, digits, "_", "." and "-" that does not begin with "." or "-"'
const NO_PROGRAM = 'expected none in an inventory'
const SOCKS = 'expected "host:port", "socks5h://user:password@host:port" or "unix:/path"'
const USER = 'expected a user that ssh would take'
const PLACE = 'expected an address, a name or user@host:port'
const VAR = { machine: 'web', generator: 'tor_x', file: 'hostname' }

const PEERS: [string, unknown, string][] = [
  ['no host', {}, `${WEB}: found a peer without a host, expected "host" or "hosts"`],
  [
    'an empty host',
    { host: ' ' },
    `${WEB}: found a peer without a host, expected "host" or "hosts"`,
  ],
  ['no hosts', { hosts: [] }, `${WEB}: found a peer without a host, expected "host" or "hosts"`],
  [
    'a mistyped key',
    { hots: 'x' },
    `${WEB}.hots: found an unknown key, expected "host" or "hosts"`,
  ],
  [
    'an unknown key',
    { host: 'x', colour: 1 },
    `${WEB}.colour: found an unknown key, expected one of host, hosts, port, user, SSHOptions`,
  ],
  ['null', null, `${WEB}: found null, expected an object`],
  ['a list', [], `${WEB}: found an empty list, expected an object`],
  [
    'a port too high',
    { host: 'x', port: 70000 },
    `${WEB}.port: found 70000, expected a port from 1 to 65535`,
  ],
  ['port zero', { host: 'x', port: 0 }, `${WEB}.port: found 0, expected a port from 1 to 65535`],
  [
    'half a port',
    { host: 'x', port: 2.5 },
    `${WEB}.port: found 2.5, expected a port from 1 to 65535`,
  ],
  [
    'a port as text',
    { host: 'x', port: '22' },
    `${WEB}.port: found "22", expected a port from 1 to 65535`,
  ],
  [
    'a flag as host',
    { host: '-oProxyCommand=x' },
    `${WEB}.host: found "-oProxyCommand=x", ${PLACE}`,
  ],
  ['a space in a host', { host: 'a b' }, `${WEB}.host: found "a b", ${PLACE}`],
  ['an escape in a host', { host: 'a\u001bc' }, `${WEB}.host: found "a\\u001bc", ${PLACE}`],
  [
    'a bad onion name',
    { host: `-${ONION}` },
    `${WEB}.host: found a text of 63 characters, ${PLACE}`,
  ],
  [
    'one bad host of two',
    { hosts: ['a', 'b:x'] },
    `${WEB}.hosts[1]: found "b:x", expected a port from 1 to 65535`,
  ],
  [
    'a password in a host',
    { host: 'me:hunter2@web' },
    `${WEB}.host: found a text of 14 characters, ${USER}`,
  ],
  [
    'a number as host',
    { host: 5 },
    `${WEB}.host: found 5, expected an address, {"plain": …} or {"var": {machine, generator, file}}`,
  ],
  [
    'both plain and var',
    { host: { plain: 'x', var: VAR } },
    `${WEB}.host: found an object, expected one of "plain" and "var", not both`,
  ],
  [
    'a var that leads out',
    { host: { var: { ...VAR, generator: '../..' } } },
    `${WEB}.host.var.generator: found "../..", ${NAME}`,
  ],
  [
    'half a var',
    { host: { var: { machine: 'web', generator: 'x' } } },
    `${WEB}.host.var.file: found nothing, ${NAME}`,
  ],
  ['a flag as user', { host: 'x', user: '-l' }, `${WEB}.user: found "-l", ${USER}`],
  ['an empty user', { host: 'x', user: '' }, `${WEB}.user: found an empty text, ${USER}`],
  [
    'options that are none',
    { host: 'x', SSHOptions: ['evil'] },
    `${WEB}.SSHOptions: found a word that is no option, expected a list of options for ssh`,
  ],
  [
    'a number as option',
    { host: 'x', SSHOptions: [5] },
    `${WEB}.SSHOptions[0]: found 5, expected a list of options for ssh`,
  ],
  [
    'an option that runs a program',
    { host: 'x', SSHOptions: ['-oProxyCommand=x'] },
    `${WEB}.SSHOptions: found the option proxycommand, which runs a program, ${NO_PROGRAM}`,
  ],
  [
    'such an option in a host',
    { host: 'x?ProxyCommand=x' },
    `${WEB}.host: found the option proxycommand, which runs a program, ${NO_PROGRAM}`,
  ],
]

for (const [name, peer, wanted] of PEERS) {
  test(`refuses a peer with ${name}`, () => {
    assert.is(
      refuse({ networks: { office: { peers: { web: peer } } } }).message,
      `i.json: ${wanted}`,
    )
  })
}

const NETWORKS: [string, unknown, string][] = [
  ['a number', 5, 'networks.office: found 5, expected an object'],
  [
    'a command',
    { command: ['x'] },
    `networks.office.command: found a program to run, ${NO_PROGRAM}`,
  ],
  ['a daemon', { daemon: {} }, `networks.office.daemon: found a program to run, ${NO_PROGRAM}`],
  [
    'a proxy of another kind',
    { socks: 'http://me:hunter2@proxy:3128' },
    `networks.office.socks: found a text of 28 characters, ${SOCKS}`,
  ],
  [
    'a proxy that is a flag',
    { socks: '-hus' },
    `networks.office.socks: found a text of 4 characters, ${SOCKS}`,
  ],
  [
    'a proxy port too high',
    { socks: 'h:65536' },
    `networks.office.socks: found a text of 7 characters, ${SOCKS}`,
  ],
  ['a list of proxies', { socks: ['h:1'] }, `networks.office.socks: found a list, ${SOCKS}`],
  [
    'a mistyped technology',
    { technology: 'wiregaurd' },
    'networks.office.technology: found "wiregaurd", expected "wireguard"',
  ],
  [
    'an unknown technology',
    { technology: 'constructor' },
    'networks.office.technology: found "constructor", expected one of direct, socks, tor, wireguard, ' +
      'zerotier, mycelium, yggdrasil, tailscale, tinc, iroh, command, jump, http',
  ],
  [
    'a mistyped key',
    { priorty: 5 },
    'networks.office.priorty: found an unknown key, expected "priority"',
  ],
  [
    'a priority as text',
    { priority: '5' },
    'networks.office.priority: found "5", expected a number',
  ],
  [
    'no time at all',
    { timeout: 0 },
    'networks.office.timeout: found 0, expected a number from 0.1 to 3600 (seconds)',
  ],
  ['enabled of 1', { enabled: 1 }, 'networks.office.enabled: found 1, expected true or false'],
  [
    'a flag as machine',
    { peers: { '-oProxyCommand=x': { host: 'a' } } },
    `networks.office.peers["-oProxyCommand=x"]: found the name "-oProxyCommand=x", ${NAME}`,
  ],
  [
    'a list of peers',
    { peers: [] },
    'networks.office.peers: found an empty list, expected an object',
  ],
]

for (const [name, network, wanted] of NETWORKS) {
  test(`refuses a network with ${name}`, () => {
    assert.is(refuse({ networks: { office: network } }).message, `i.json: ${wanted}`)
  })
}

const DOCUMENTS: [string, unknown, string][] = [
  ['a list of networks', { networks: [] }, 'networks: found an empty list, expected an object'],
  [
    'a space in a name',
    { networks: { 'a b': {} } },
    `networks["a b"]: found the name "a b", ${NAME}`,
  ],
  [
    'a mistyped key',
    { domian: 'x', networks: {} },
    'domian: found an unknown key, expected "domain"',
  ],
  ['a hostile domain', { domain: '-x', networks: {} }, `domain: found "-x", ${NAME}`],
]

for (const [name, document, wanted] of DOCUMENTS) {
  test(`refuses a document with ${name}`, () => {
    assert.is(refuse(document).message, `i.json: ${wanted}`)
  })
}

test('says what allows programs', () => {
  assert.match(
    refuse({ networks: { office: { command: ['x'] } } }).hint ?? '',
    '"allowCommands": true',
  )
  const peer = { host: 'x', SSHOptions: ['-F', 'x'] }
  assert.match(
    refuse({ networks: { a: { peers: { b: peer } } } }).hint ?? '',
    '"allowCommands": true',
  )
})

test('such keys where no name goes are unknown keys', () => {
  const text = '{"networks":{"a":{"__proto__":{"priority":9},"peers":{}}}}'
  assert.throws(
    () => parseInventory(text, 'i.json'),
    /networks\.a\.__proto__: found an unknown key/,
  )
})

function refuse(document: unknown): BywayError {
  try {
    parseInventory(JSON.stringify(document), 'i.json')
  } catch (error) {
    assert.instance(error, BywayError)
    assert.is((error as BywayError).exit, 'DATAERR')
    return error as BywayError
  }
  return assert.unreachable() as never
}

test.run()
