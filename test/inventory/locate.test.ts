import { homedir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Environment,
  locate,
  type SourceFlags,
  xdgFolder,
} from '../../src/inventory/locate.ts'

const test = suite('inventory/locate')

const HOME = '/home/me'
const CWD = process.cwd()

const FOLDERS: readonly [name: string, env: Environment, expected: string][] = [
  ['by its variable', { XDG_CONFIG_HOME: '/c', HOME }, '/c/byway'],
  ['below the home', { HOME }, '/home/me/.config/byway'],
  ['the variable is empty', { XDG_CONFIG_HOME: '', HOME }, '/home/me/.config/byway'],
  ['the variable is relative', { XDG_CONFIG_HOME: 'c', HOME }, '/home/me/.config/byway'],
  ['the variable is ~', { XDG_CONFIG_HOME: '~/c', HOME }, '/home/me/.config/byway'],
  ['no home', {}, join(homedir(), '.config/byway')],
  ['an empty home', { HOME: '' }, join(homedir(), '.config/byway')],
]

for (const [name, env, expected] of FOLDERS) {
  test(`folder: ${name}`, () => assert.is(xdgFolder('CONFIG', env), expected))
}

test('folder: each kind has its own', () => {
  assert.is(xdgFolder('CACHE', { HOME }), '/home/me/.cache/byway')
  assert.is(xdgFolder('STATE', { HOME }), '/home/me/.local/state/byway')
  const env = { HOME, XDG_CACHE_HOME: '/a', XDG_STATE_HOME: '/b', XDG_CONFIG_HOME: '/c' }
  assert.is(xdgFolder('CACHE', env), '/a/byway')
  assert.is(xdgFolder('STATE', env), '/b/byway')
})

interface Case {
  readonly name: string
  readonly flags?: SourceFlags
  readonly env?: Environment
  readonly inventory?: string | null
  readonly flake?: string | null
  readonly config?: { readonly path: string; readonly named: boolean }
}

const USUAL = { path: '/home/me/.config/byway/config.json', named: false }

const CASES: readonly Case[] = [
  { name: 'nothing named', inventory: null, flake: null, config: USUAL },
  {
    name: 'flags',
    flags: { inventory: '/i', flake: '/f', config: '/c' },
    inventory: '/i',
    flake: '/f',
    config: { path: '/c', named: true },
  },
  {
    name: 'variables',
    env: { BYWAY_INVENTORY: '/i', BYWAY_FLAKE: '/f', BYWAY_CONFIG: '/c' },
    inventory: '/i',
    flake: '/f',
    config: { path: '/c', named: true },
  },
  {
    name: 'a flag goes before its variable',
    flags: { inventory: '/i', flake: '/f', config: '/c' },
    env: { BYWAY_INVENTORY: '/x', BYWAY_FLAKE: '/x', CLAN_DIR: '/x', BYWAY_CONFIG: '/x' },
    inventory: '/i',
    flake: '/f',
    config: { path: '/c', named: true },
  },
  {
    name: 'an inventory’s variable goes before a flake’s flag: sources look at it first',
    flags: { flake: '/f' },
    env: { BYWAY_INVENTORY: '/i' },
    inventory: '/i',
    flake: '/f',
  },
  { name: 'CLAN_DIR', env: { CLAN_DIR: '/clan' }, inventory: null, flake: '/clan' },
  {
    name: 'BYWAY_FLAKE goes before it',
    env: { BYWAY_FLAKE: '/f', CLAN_DIR: '/clan' },
    flake: '/f',
  },
  {
    name: 'empty variables are none',
    env: { BYWAY_INVENTORY: '', BYWAY_FLAKE: '', CLAN_DIR: '', BYWAY_CONFIG: '' },
    inventory: null,
    flake: null,
    config: USUAL,
  },
  {
    name: 'relative paths are of the current folder',
    flags: { inventory: 'i.json', config: '../c.json', flake: '.' },
    inventory: join(CWD, 'i.json'),
    flake: CWD,
    config: { path: join(CWD, '../c.json'), named: true },
  },
  {
    name: 'a flake’s reference stays one',
    flags: { flake: 'github:me/clan' },
    flake: 'github:me/clan',
  },
  {
    name: 'a reference to a local flake, too',
    flags: { flake: 'git+file:///clan?dir=x' },
    flake: 'git+file:///clan?dir=x',
  },
]

for (const { name, flags = {}, env = {}, ...expected } of CASES) {
  test(name, () => {
    const places = locate(flags, { HOME, ...env })
    if (expected.inventory !== undefined) {
      const { inventory } = expected
      assert.equal(places.inventory, inventory === null ? null : { path: inventory, named: true })
    }
    if (expected.flake !== undefined) assert.is(places.flake, expected.flake)
    if (expected.config !== undefined) assert.equal(places.configs[0], expected.config)
  })
}

test('the system’s places come after the user’s', () => {
  const { configs, usual } = locate({}, { HOME, XDG_CONFIG_HOME: '/c' })
  const paths = (places: typeof usual) => places.map(({ path }) => path)
  assert.equal(paths(configs), ['/c/byway/config.json', '/etc/byway/config.json'])
  assert.equal(paths(usual), ['/c/byway/inventory.json', '/etc/byway/inventory.json'])
  assert.ok([...configs, ...usual].every(({ named }) => !named))
})

test('the system’s configuration counts beside a named one', () => {
  const { configs } = locate({ config: '/c' }, { HOME })
  assert.equal(configs[1], { path: '/etc/byway/config.json', named: false })
})

test.run()
