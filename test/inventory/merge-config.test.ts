import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mergeConfig, parseConfig } from '../../src/inventory/config.ts'

const test = suite('inventory/config, merged')

/** The user's, the system's, and both as one. */
const CASES: [string, object, object, object][] = [
  ['values', { timeout: 5 }, { timeout: 10, stagger: 100 }, { timeout: 5, stagger: 100 }],
  ['lists as a whole', { inventory: ['a'] }, { inventory: ['b', 'c'] }, { inventory: ['a'] }],
  ['nothing of the user', {}, { self: 'web' }, { self: 'web' }],
  ['nothing of the system', { self: 'web' }, {}, { self: 'web' }],
  [
    'false beside true',
    { allowCommands: false },
    { allowCommands: true },
    { allowCommands: false },
  ],
  [
    'networks by name, then by key',
    { networks: { office: { priority: 1, timeout: 3 }, home: { priority: 2 } } },
    { networks: { vpn: { enabled: false }, office: { priority: 9, socks: 'h:1', timeout: 9 } } },
    {
      networks: {
        vpn: { enabled: false },
        office: { priority: 1, socks: 'h:1', timeout: 3 },
        home: { priority: 2 },
      },
    },
  ],
  [
    'peers by machine',
    { networks: { a: { peers: { web: { host: 'mine', port: 1 } } } } },
    { networks: { a: { peers: { web: { host: 'x', user: 'x' }, db: { host: 'db' } } } } },
    { networks: { a: { peers: { web: { host: 'mine', port: 1 }, db: { host: 'db' } } } } },
  ],
  [
    'daemons by name, then by key',
    { daemons: { tor: { linger: 5 } } },
    { daemons: { tor: { binary: '/bin/tor', linger: 60 }, d: { command: ['d'] } } },
    { daemons: { tor: { binary: '/bin/tor', linger: 5 }, d: { command: ['d'] } } },
  ],
]

for (const [name, user, system, wanted] of CASES) {
  test(`merges ${name}`, () => assert.equal(mergeConfig(read(user), read(system)), read(wanted)))
}

test('merging changes neither', () => {
  const user = parseConfig('{"networks":{"a":{"priority":1}}}', 'u')
  const system = parseConfig('{"networks":{"a":{"timeout":1},"b":{}}}', 's')
  mergeConfig(user, system)
  assert.equal([...user.networks.keys()], ['a'])
  assert.equal(system.networks.get('a'), { settings: { timeout: 1 }, peers: new Map() })
})

function read(document: object) {
  return parseConfig(JSON.stringify(document), 'c.json')
}

test.run()
