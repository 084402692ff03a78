import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { parseConfig } from '../../src/inventory/config.ts'

const test = suite('inventory/config')

const EMPTY = { networks: new Map(), daemons: new Map() }

test('reads the example of the README', () => {
  const config = parseConfig(
    JSON.stringify({
      flake: '/home/me/clan',
      timeout: 10,
      stagger: 250,
      grace: 150,
      networks: {
        tor: { socks: '127.0.0.1:9050', timeout: 60 },
        office: {
          technology: 'socks',
          socks: 'socks5h://user:pass@proxy.example:1080',
          priority: 1500,
        },
        iroh: { technology: 'command', command: ['dumbpipe', 'connect', '{host}'] },
        'old-vpn': { enabled: false },
      },
      daemons: { tor: { binary: 'tor', torrc: '/home/me/bridges.torrc', linger: 60 } },
    }),
    'config.json',
  )
  const peers = new Map()
  assert.equal(config, {
    flake: '/home/me/clan',
    timeout: 10,
    stagger: 250,
    grace: 150,
    networks: new Map<string, object>([
      ['tor', { settings: { socks: '127.0.0.1:9050', timeout: 60 }, peers }],
      [
        'office',
        {
          technology: 'socks',
          priority: 1500,
          settings: { socks: 'socks5h://user:pass@proxy.example:1080' },
          peers,
        },
      ],
      [
        'iroh',
        { technology: 'command', settings: { command: ['dumbpipe', 'connect', '{host}'] }, peers },
      ],
      ['old-vpn', { enabled: false, settings: {}, peers }],
    ]),
    daemons: new Map([['tor', { binary: 'tor', torrc: '/home/me/bridges.torrc', linger: 60 }]]),
  })
})

const READ: [string, object, object][] = [
  ['nothing', {}, {}],
  ['an inventory', { inventory: 'a.json' }, { inventory: [{ file: 'a.json' }] }],
  [
    'several',
    { inventory: ['a.json', { name: 'b', file: 'b.json' }, { flake: '/c' }] },
    { inventory: [{ file: 'a.json' }, { name: 'b', file: 'b.json' }, { flake: '/c' }] },
  ],
  ['no inventory', { inventory: [] }, { inventory: [] }],
  ['self', { self: 'web01' }, { self: 'web01' }],
  ['all commands', { allowCommands: true }, { allowCommands: true }],
  ['commands of some', { allowCommands: ['a.json'] }, { allowCommands: ['a.json'] }],
  [
    'a daemon',
    {
      daemons: {
        d: {
          command: ['d', '--x'],
          ready: { log: '^ready$' },
          socks: 'unix:/run/d',
          env: { PATH: '/bin' },
        },
      },
    },
    {
      daemons: new Map([
        [
          'd',
          {
            command: ['d', '--x'],
            socks: 'unix:/run/d',
            ready: { log: '^ready$' },
            env: { PATH: '/bin' },
          },
        ],
      ]),
    },
  ],
]

for (const [name, document, wanted] of READ) {
  test(`reads ${name}`, () => {
    assert.equal(parseConfig(JSON.stringify(document), 'c.json'), { ...EMPTY, ...wanted })
  })
}

test('peers have the form that they have in an inventory', () => {
  const peer = { host: 'me@web:2222', SSHOptions: ['-oProxyCommand=x'] }
  const text = JSON.stringify({ networks: { office: { peers: { web: peer } } } })
  assert.equal(parseConfig(text, 'c.json').networks.get('office')?.peers.get('web'), {
    hosts: [{ at: { plain: 'web' }, port: 2222, user: 'me' }],
    port: null,
    user: null,
    sshOptions: ['-oProxyCommand=x'],
  })
})

const NAME =
  'expected a name of letters, digits, "_", "." and "-" that does not begin with "." or "-"'
const KEYS = 'flake, inventory, timeout, stagger, grace, self, allowCommands, networks, daemons'
const SOURCE = 'expected a file, or {name, file} or {name, flake}'

const REFUSED: [string, string][] = [
  ['', 'found an empty file, expected JSON'],
  ['{"a":', 'line 1, column 6: found the end of the file, expected a value'],
  ['[]', 'found an empty list, expected an object'],
  ['{"timout":5}', 'timout: found an unknown key, expected "timeout"'],
  ['{"__proto__":5,"self":"a"}', `__proto__: found an unknown key, expected one of ${KEYS}`],
  ['{"timeout":"5"}', 'timeout: found "5", expected a number from 0.1 to 3600 (seconds)'],
  ['{"timeout":-1}', 'timeout: found -1, expected a number from 0.1 to 3600 (seconds)'],
  ['{"timeout":1e999}', 'timeout: found Infinity, expected a number from 0.1 to 3600 (seconds)'],
  ['{"stagger":1}', 'stagger: found 1, expected a number from 10 to 10000 (milliseconds)'],
  ['{"grace":99999}', 'grace: found 99999, expected a number from 0 to 10000 (milliseconds)'],
  ['{"flake":""}', 'flake: found an empty text, expected a directory or a flake reference'],
  ['{"inventory":5}', `inventory: found 5, ${SOURCE}`],
  ['{"inventory":[""]}', `inventory[0]: found an empty text, ${SOURCE}`],
  ['{"inventory":[{"name":"a"}]}', `inventory[0]: found an object, ${SOURCE}`],
  ['{"inventory":[{"file":"a","flake":"b"}]}', `inventory[0]: found an object, ${SOURCE}`],
  ['{"inventory":[{"fil":"a"}]}', 'inventory[0].fil: found an unknown key, expected "file"'],
  ['{"allowCommands":"x"}', 'allowCommands: found "x", expected true, false or a list of sources'],
  ['{"self":"-x"}', `self: found "-x", ${NAME}`],
  [
    '{"networks":{"a":{"command":[]}}}',
    'networks.a.command: found an empty list, expected a program and its arguments, as a list of texts',
  ],
  [
    '{"networks":{"a":{"command":"curl hunter2"}}}',
    'networks.a.command: found a text of 12 characters, expected a program and its arguments, as a list of texts',
  ],
  [
    '{"networks":{"a":{"enabeld":false}}}',
    'networks.a.enabeld: found an unknown key, expected "enabled"',
  ],
  [
    '{"networks":{"a":{"peers":{"b":{}}}}}',
    'networks.a.peers.b: found a peer without a host, expected "host" or "hosts"',
  ],
  [
    '{"daemons":{"tor":{"torcc":"x"}}}',
    'daemons.tor.torcc: found an unknown key, expected "torrc"',
  ],
  [
    '{"daemons":{"tor":{"linger":-1}}}',
    'daemons.tor.linger: found -1, expected a number from 0 to 86400 (seconds)',
  ],
  [
    '{"daemons":{"d":{"ready":{}}}}',
    'daemons.d.ready: found an object, expected one of "socks", "log" and "file"',
  ],
  [
    '{"daemons":{"d":{"ready":{"socks":true,"log":"x"}}}}',
    'daemons.d.ready: found an object, expected one of "socks", "log" and "file"',
  ],
  [
    '{"daemons":{"d":{"ready":{"log":"("}}}}',
    'daemons.d.ready.log: found "(", expected a regular expression',
  ],
  ['{"daemons":{"d":{"env":{"A":5}}}}', 'daemons.d.env.A: found 5, expected a text'],
]

for (const [text, wanted] of REFUSED) {
  test(`refuses ${text || 'an empty file'}`, () => {
    try {
      parseConfig(text, 'c.json')
      assert.unreachable()
    } catch (error) {
      assert.instance(error, BywayError)
      assert.is((error as BywayError).exit, 'CONFIG')
      assert.is((error as BywayError).message, `c.json: ${wanted}`)
    }
  })
}

test.run()
