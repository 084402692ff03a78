import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import type { Host, Inventory } from '../../src/core/types.ts'
import { parseInventory } from '../../src/inventory/parse.ts'

const test = suite('inventory/parse')

const FIXTURES = new URL('../fixtures/', import.meta.url)
const PLACEHOLDER = /SSHOptions: left out "-J x": Clan exports it in place of each jump host/
const ONION = 'fgkznaughgt4djbpzpnkmmzsu5m5zcxeoaapn3bg6svlpowkjoq66ryd.onion'

/** `name priority technology module` and below it `machine user port [hosts] options`. */
const CURRENT = [
  'public 2000 direct direct',
  '  heron - 22 [203.0.113.20]',
  '  kestrel deploy 2202 [kestrel.example.net]',
  'myc 800 mycelium direct',
  '  heron - 22 [5f3:1ab:20::371]',
  '  wren - 22 [5f3:1ab:20::275]',
  'holepunch 3000 iroh p2p_ssh_iroh',
  '  wren - 22 [wren/p2p-ssh-iroh-holepunch/ticket]',
  'onion 10 tor tor',
  '  heron - 22 [heron/tor_onion/hostname]',
  '  kestrel - 22 [kestrel/tor_onion/hostname]',
  '  wren - 22 [wren/tor_onion/hostname]',
  'hub 1000 wireguard direct',
  '  kestrel - 22 [kestrel.hub]',
  '  wren - 22 [wren.hub]',
  'ygg 2000 yggdrasil direct',
  '  wren - 22 [201:77c:9e0::275]',
  'mesh 900 zerotier zerotier',
  '  heron - 22 [fdab:cdef:1234:9993::371]',
  '  kestrel - 22 [fdab:cdef:1234:9993::450]',
  '  wren - 22 [fdab:cdef:1234:9993::275]',
]

const SUMMER = [
  'mesh 900 zerotier zerotier',
  '  heron - - [heron/zerotier/zerotier-ip]',
  '  kestrel - - [kestrel/zerotier/zerotier-ip]',
  '  wren - - [wren/zerotier/zerotier-ip]',
  'onion 10 tor tor',
  '  heron - - [heron/tor_onion/hostname]',
  '  kestrel - - [kestrel/tor_onion/hostname]',
  '  wren - - [wren/tor_onion/hostname]',
  'public 1000 direct direct',
  '  heron - - [203.0.113.20]',
  '  kestrel - - [deploy@kestrel.example.net:2202]',
]

const READ: [string, string[], RegExp[]][] = [
  [
    'plain.json',
    [
      'internet 2000 direct direct',
      '  web01 deploy 2222 [web01.example.net]',
      '  build01 - - [192.0.2.17 2001:db8::17] -oCompression=yes',
      'vpn 1000 wireguard wireguard',
      '  web01 - - [10.88.0.2]',
      'tor 10 tor tor',
      '  web01 - - [web01/tor_tor/hostname]',
      '  build01 - - [vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion=tor]',
    ],
    [],
  ],
  ['a1-aug2025-select-priority-peers.json', SUMMER, [PLACEHOLDER]],
  ['a4-aug2025-exports-whole.json', SUMMER, [PLACEHOLDER]],
  ['b1-current-nix-eval.json', CURRENT, [PLACEHOLDER]],
  ['b2-current-clan-select-maybe.json', CURRENT, [PLACEHOLDER]],
  [
    'c2-nov2025-scope-peer-hosts-no-port.json',
    [
      'public 2000 direct direct',
      '  heron - - [203.0.113.20]',
      '  kestrel - - [deploy@kestrel.example.net:2202]',
      'myc 800 mycelium direct',
      '  heron - - [5f3:1ab:20::371]',
      '  wren - - [5f3:1ab:20::275]',
      'onion 10 tor direct',
      '  heron - - [heron/tor_onion/hostname]',
      '  kestrel - - [kestrel/tor_onion/hostname]',
      '  wren - - [wren/tor_onion/hostname]',
      'ygg 2000 yggdrasil direct',
      '  wren - - [201:77c:9e0::275]',
      'mesh 900 zerotier direct',
      '  heron - - [fdab:cdef:1234:9993::371]',
      '  kestrel - - [fdab:cdef:1234:9993::450]',
      '  wren - - [fdab:cdef:1234:9993::275]',
    ],
    [PLACEHOLDER],
  ],
  [
    'q1-qr-installer.json',
    [
      'direct 1000 direct direct',
      '  installer - - [203.0.113.77 2001:db8:77::5]',
      'tor 10 tor tor',
      `  installer - - [${ONION}=tor]`,
    ],
    [],
  ],
]

for (const [file, networks, warnings] of READ) {
  test(`reads ${file}`, () => {
    const inventory = parseInventory(readFixture(file), file)
    assert.equal(summarize(inventory), networks)
    assert.is(inventory.warnings.length, warnings.length)
    for (const [i, warning] of warnings.entries())
      assert.match(inventory.warnings[i] ?? '', warning)
    assert.is(inventory.domain, file === 'plain.json' ? 'example.clan' : null)
  })
}

const WRAPPINGS: string[][] = [
  ['exports'],
  ['instances'],
  ['exports', 'instances'],
  ['instances', 'exports'],
  ['exports', 'exports'],
]

for (const wrapping of WRAPPINGS) {
  test(`unwraps ${wrapping.join(' and ')}`, () => {
    for (const file of ['a1-aug2025-select-priority-peers.json', 'b1-current-nix-eval.json']) {
      const bare: unknown = JSON.parse(readFixture(file))
      const wrapped = wrapping.reduceRight<unknown>((inner, key) => ({ [key]: inner }), bare)
      const inventory = parseInventory(JSON.stringify(wrapped), 'x')
      assert.equal(summarize(inventory), file.startsWith('a1') ? SUMMER : CURRENT)
    }
  })
}

test('an exports object of no networks is no error', () => {
  for (const text of ['{"exports":{}}', '{"exports":{"instances":{}}}', '{"people":{}}']) {
    assert.equal(parseInventory(text, 'x'), { domain: null, networks: [], warnings: [] })
  }
})

test('instances that are called as a shape is told apart', () => {
  const peers = { web: { host: { plain: 'web.example' } } }
  for (const name of ['networks', 'exports', 'instances', 'addrs', 'tor', 'pass']) {
    const text = JSON.stringify({ [name]: { priority: 5, peers } })
    assert.equal(summarize(parseInventory(text, 'x')), [
      `${name} 5 direct direct`,
      '  web - - [web.example]',
    ])
  }
})

const SHAPELESS: [string, string, RegExp][] = [
  ['an empty object', '{}', /found an empty object, expected/],
  ['a list', '[]', /found a list, expected/],
  ['a number', '3', /found a number, expected/],
  ['a text', '"x"', /found a text, expected/],
  ['null', 'null', /found null, expected/],
  ['another object', '{"a":1,"b":2,"c":3,"d":4}', /with the keys "a", "b", "c" …, expected/],
  ['a secret in a key', `{"${ONION}":1}`, /the keys a text of 62 characters, expected/],
]

for (const [name, text, wanted] of SHAPELESS) {
  test(`${name} has none of the shapes, which are listed`, () => {
    const error = fail(() => parseInventory(text, 'inv.json'))
    assert.match(error.message, /^inv\.json: found /)
    assert.match(error.message, wanted)
    for (const shape of ['"networks"', '"addrs"', '"service:instance:role:machine"', '"instances"'])
      assert.ok(error.message.includes(shape))
  })
}

test('a mistyped "networks" is recognized', () => {
  const error = fail(() => parseInventory('{"network":{"a":{"peers":{}}}}', 'inv.json'))
  assert.is(error.hint, 'did you mean "networks" where it says "network"?')
})

test('JSON errors name line and column', () => {
  const error = fail(() => parseInventory('{\n  "networks": {,', 'inv.json'))
  assert.match(error.message, /^inv\.json: line 2, column 16: found ",", expected a key/)
})

test('every fixture cut at every twentieth byte is refused, without a secret', () => {
  for (const [file] of READ) {
    const text = readFixture(file).trimEnd()
    for (let cut = 0; cut < text.length; cut += 20) {
      const error = fail(() => parseInventory(text.slice(0, cut), file))
      assert.match(error.message, /found (an empty file|the end of the file)/)
    }
  }
})

function readFixture(file: string): string {
  return readFileSync(new URL(file, FIXTURES), 'utf8')
}

function summarize({ networks }: Inventory): string[] {
  return networks.flatMap(({ name, priority, technology, module, peers }) => [
    `${name} ${priority} ${technology} ${module}`,
    ...[...peers].map(([machine, { user, port, hosts, sshOptions }]) => {
      const where = hosts.map(summarizeHost).join(' ')
      return [`  ${machine} ${user ?? '-'} ${port ?? '-'} [${where}]`, ...sshOptions].join(' ')
    }),
  ])
}

function summarizeHost({ at, user, port, technology }: Host): string {
  return [
    user === undefined ? '' : `${user}@`,
    'plain' in at ? at.plain : '',
    'var' in at ? Object.values(at.var).join('/') : '',
    port === undefined ? '' : `:${port}`,
    technology === undefined ? '' : `=${technology}`,
  ].join('')
}

function fail(run: () => unknown): BywayError {
  try {
    run()
  } catch (error) {
    assert.instance(error, BywayError)
    assert.is((error as BywayError).exit, 'DATAERR')
    return error as BywayError
  }
  return assert.unreachable() as never
}

test.run()
