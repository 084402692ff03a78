import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../../src/inventory/config.ts'
import { locate } from '../../src/inventory/locate.ts'
import { chooseSources, type SourcePlan } from '../../src/inventory/sources.ts'

const sources = suite('inventory/sources')

const HOME = '/home/me'
const USUAL = `${HOME}/.config/byway/inventory.json`
const SYSTEM = '/etc/byway/inventory.json'

interface Given {
  readonly flags?: { readonly inventory?: string; readonly flake?: string }
  readonly env?: Readonly<Record<string, string>>
  /** the user's configuration, in its usual place */
  readonly user?: object
  /** the system's */
  readonly system?: object
  /** the usual places that are there */
  readonly there?: readonly string[]
}

function choose({ flags = {}, env = {}, user = {}, system = {}, there = [] }: Given): SourcePlan[] {
  const places = locate(flags, { HOME, ...env })
  const configs = [
    { config: parseConfig(JSON.stringify(user), 'user'), folder: `${HOME}/.config/byway` },
    { config: parseConfig(JSON.stringify(system), 'system'), folder: '/etc/byway' },
  ]
  return chooseSources(places, configs, (path) => there.includes(path))
}

function file(path: string, more: Partial<SourcePlan> & { clan?: string | null } = {}) {
  const clan = path.slice(0, path.lastIndexOf('/'))
  return { name: path, allowCommands: false, file: path, clan, ...more }
}

function flake(reference: string, more: Partial<SourcePlan> = {}) {
  return { name: reference, allowCommands: false, flake: reference, ...more }
}

const CASES: Readonly<Record<string, readonly [Given, readonly object[]]>> = {
  'the flag names a file': [
    { flags: { inventory: '/a.json' }, env: { BYWAY_FLAKE: '/c' }, user: { flake: '/d' } },
    [file('/a.json', { clan: '/c' })],
  ],
  'a file goes before a flake, wherever it is named': [
    { flags: { flake: '/c' }, env: { BYWAY_INVENTORY: '/a.json' } },
    [file('/a.json', { clan: '/c' })],
  ],
  "a file's vars are beside it where no flake is named": [
    { flags: { inventory: '/clan/a.json' } },
    [file('/clan/a.json', { clan: '/clan' })],
  ],
  'a flake that is elsewhere is no directory of vars': [
    { flags: { inventory: '/a.json', flake: 'github:me/clan' } },
    [file('/a.json', { clan: null })],
  ],
  'a flag goes before variables, and these in order': [
    { flags: { flake: '/c' }, env: { BYWAY_FLAKE: '/d', CLAN_DIR: '/e' } },
    [flake('/c')],
  ],
  'BYWAY_FLAKE goes before CLAN_DIR': [
    { env: { BYWAY_FLAKE: '/d', CLAN_DIR: '/e' }, user: { inventory: '/a.json' } },
    [flake('/d')],
  ],
  'CLAN_DIR goes before the configuration': [
    { env: { CLAN_DIR: '/e' }, user: { flake: '/d' }, there: [USUAL] },
    [flake('/e')],
  ],
  'the configuration goes before the usual places': [
    { user: { flake: '../clan' }, there: [USUAL] },
    [flake(`${HOME}/.config/clan`)],
  ],
  "the configuration's list goes before its flake": [
    { user: { inventory: ['a.json', { name: 'b', flake: '/b' }], flake: '/c' } },
    [
      file(`${HOME}/.config/byway/a.json`, { clan: '/c' }),
      { name: 'b', allowCommands: false, flake: '/b' },
    ],
  ],
  "the user's configuration goes before the system's": [
    { user: { flake: '/mine' }, system: { flake: '/theirs' } },
    [flake('/mine')],
  ],
  "the system's paths are relative to its own folder": [
    { user: { timeout: 3 }, system: { inventory: { file: 'b.json' }, flake: 'clan' } },
    [file('/etc/byway/b.json', { clan: '/etc/byway/clan' })],
  ],
  'the usual places come last, in order': [{ there: [SYSTEM, USUAL] }, [file(USUAL)]],
  'the system has a usual place, too': [{ there: [SYSTEM] }, [file(SYSTEM)]],
  'programs are allowed to all': [
    { flags: { flake: '/c' }, user: { allowCommands: true } },
    [flake('/c', { allowCommands: true })],
  ],
  'programs are allowed to sources by name': [
    {
      user: {
        inventory: [
          { name: 'a', flake: '/a' },
          { name: 'b', file: '/b.json' },
        ],
        allowCommands: ['b'],
      },
      system: { allowCommands: true },
    },
    [flake('/a', { name: 'a' }), file('/b.json', { name: 'b', allowCommands: true, clan: '/' })],
  ],
  "a reference's token is no part of its name": [
    { flags: { flake: 'git+https://t@example.net/c' } },
    [flake('git+https://t@example.net/c', { name: 'git+https://[secret]@example.net/c' })],
  ],
}

for (const [name, [given, expected]] of Object.entries(CASES)) {
  sources(name, () => assert.equal(choose(given), expected))
}

sources('where nothing names any, all that was looked for is named', () => {
  assert.throws(
    () => choose({}),
    (error: Error) => error.message === `no inventory: looked for ${USUAL}, ${SYSTEM}`,
  )
})

sources.run()
