import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openInventory, openLast } from '../../src/inventory/open.ts'
import { caughtByway } from '../helpers/errors.ts'
import { hostOf, InventoryHome, plainInventory } from '../helpers/inventory-home.ts'
import { openFiles } from '../helpers/proc.ts'

const INVENTORY = 'config/byway/inventory.json'
const CONFIG = 'config/byway/config.json'

const test = suite('inventory/open')

function homeWith(hosts: Readonly<Record<string, string>>, domain?: string): InventoryHome {
  const home = new InventoryHome()
  home.write(INVENTORY, plainInventory(hosts, domain))
  return home
}

const NAMES: readonly [name: string, domain: string | undefined, expected: string | null][] = [
  ['web', 'example', '192.0.2.1'],
  ['web.example', 'example', '192.0.2.1'],
  ['web.example', undefined, null],
  ['web.null', undefined, null],
  ['web.undefined', undefined, null],
  ['web.', 'example', null],
  ['web.example.', 'example', null],
  ['web.example.example', 'example', null],
  ['webexample', 'example', null],
  ['.example', 'example', null],
  ['example', 'example', null],
  ['WEB', 'example', null],
  ['Web.example', 'example', null],
  ['web.EXAMPLE', 'example', null],
  ['Köln', 'example', '192.0.2.2'],
  ['Köln.example', 'example', '192.0.2.2'],
  ['köln', 'example', null],
  ['web ', 'example', null],
  ['-web', 'example', null],
  ['$(id)', 'example', null],
  ['../web', 'example', null],
  ['__proto__', 'example', null],
]

for (const [name, domain, expected] of NAMES) {
  test(`"${name}" with the domain ${domain}: ${expected}`, async () => {
    const home = homeWith({ web: '192.0.2.1', Köln: '192.0.2.2' }, domain)
    for (const time of ['compiled', 'from the cache']) {
      assert.is(hostOf(await home.open(), name), expected, time)
    }
  })
}

test('the second time it comes from the cache, and nothing is said', async () => {
  const home = homeWith({ web: '192.0.2.1' })
  await home.open()
  const inode = home.inode()
  assert.is(hostOf(await home.open(), 'web'), '192.0.2.1')
  assert.is(home.inode(), inode)
  assert.equal(home.told, [])
})

test('what was left out is told each time', async () => {
  const home = homeWith({ web: '192.0.2.1' })
  home.write(CONFIG, { networks: { nobody: { priority: 1 } } })
  await home.open()
  const [first] = home.told
  assert.match(first ?? '', /nobody/)
  await home.open()
  assert.equal(home.told, [first, first])
})

const CHANGES: readonly [name: string, change: (home: InventoryHome) => void, expected: string][] =
  [
    ['the inventory', (home) => home.write(INVENTORY, plainInventory({ web: '::2' })), '::2'],
    ['a configuration is new', (home) => home.write(CONFIG, { timeout: 3 }), '::1'],
    [
      'the inventory, with as many bytes',
      (home) => home.write(INVENTORY, plainInventory({ web: '::3' })),
      '::3',
    ],
  ]

for (const [name, change, expected] of CHANGES) {
  test(`changed: ${name}`, async () => {
    const home = homeWith({ web: '::1' })
    await home.open()
    const inode = home.inode()
    change(home)
    assert.is(hostOf(await home.open(), 'web'), expected)
    assert.is.not(home.inode(), inode)
    assert.equal(home.told, ['2 a source of the inventory has changed: compiling it again'])
  })
}

test('changed: the configuration is gone', async () => {
  const home = homeWith({ web: '::1' })
  home.write(CONFIG, { timeout: 3 })
  assert.is((await home.open()).header.settings.timeout, 3)
  rmSync(join(home.folder, CONFIG))
  assert.is((await home.open()).header.settings.timeout, 10)
})

const BROKEN: readonly [
  name: string,
  file: string,
  content: unknown,
  exit: 'DATAERR' | 'CONFIG',
][] = [
  ['an inventory that is no JSON', INVENTORY, '{"networks": {', 'DATAERR'],
  ['an inventory of no shape', INVENTORY, '[1]', 'DATAERR'],
  ['an inventory with a wrong port', INVENTORY, wrongPort(), 'DATAERR'],
  ['an empty inventory', INVENTORY, '', 'DATAERR'],
  ['a configuration with an unknown key', CONFIG, { timeouts: 3 }, 'CONFIG'],
]

for (const [name, file, content, exit] of BROKEN) {
  test(`${name}: never what it said before, however often`, async () => {
    const home = homeWith({ web: '::1' })
    await home.open()
    const path = home.write(file, content)
    for (let time = 0; time < 2; time++) {
      const error = await caughtByway(exit, home.open())
      assert.match(error.message, path)
    }
  })
}

test('the inventory is gone: never what it said before', async () => {
  const home = new InventoryHome()
  const inventory = home.write('i.json', plainInventory({ web: '::1' }))
  await home.open({ inventory })
  rmSync(inventory)
  const error = await caughtByway('NOINPUT', home.open({ inventory }))
  assert.match(error.message, inventory)
})

test('nobody names an inventory: all places that were looked at', async () => {
  const home = new InventoryHome()
  const error = await caughtByway('NOINPUT', home.open())
  assert.match(error.message, join(home.folder, INVENTORY))
  assert.match(error.message, '/etc/byway/inventory.json')
})

test('a cache folder that cannot be made: it works, with a word at -v', async () => {
  const home = homeWith({ web: '::1' })
  home.write('cache', 'a file in its place')
  assert.is(hostOf(await home.open(), 'web'), '::1')
  assert.ok(home.told.some((line) => /^1 cache ".*" not written: /.test(line)))
  assert.ok(home.told.every((line) => line.startsWith('1 cache ')))
})

const UNTRUSTED: readonly [name: string, spoil: (path: string) => void][] = [
  ['its group may write it', (path) => chmodSync(path, 0o620)],
  ['everybody may write it', (path) => chmodSync(path, 0o606)],
  ['it is a symbolic link', (path) => makeLink(path)],
  ['it is a folder', (path) => makeFolderOf(path)],
  ['it is empty', (path) => writeFileSync(path, '')],
  ['it is something else', (path) => writeFileSync(path, 'x'.repeat(5000))],
]

for (const [name, spoil] of UNTRUSTED) {
  test(`a cache is ignored, with a word at -v, when ${name}`, async () => {
    const home = homeWith({ web: '::1' })
    await home.open()
    const [path = ''] = home.cached()
    spoil(path)
    assert.is(hostOf(await home.open(), 'web'), '::1')
    assert.match(home.told[0] ?? '', `1 cache "${path}" ignored: `)
  })
}

test('a cache that others could write is replaced by one that they cannot', async () => {
  const home = homeWith({ web: '::1' })
  await home.open()
  const [path = ''] = home.cached()
  chmodSync(path, 0o666)
  await home.open()
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.is(statSync(home.cache).mode & 0o777, 0o700)
})

test('other flags, another cache', async () => {
  const home = homeWith({ web: '::1' })
  const inventory = home.write('other.json', plainInventory({ web: '::2' }))
  assert.is(hostOf(await home.open(), 'web'), '::1')
  assert.is(hostOf(await home.open({ inventory }), 'web'), '::2')
  assert.is(hostOf(await home.open(), 'web'), '::1')
  assert.is(home.cached().length, 2)
})

const BETWEEN: Readonly<Record<string, { spoil(home: InventoryHome): void; open: number }>> = {
  'that has not changed': { spoil: () => {}, open: 1 },
  'that is stale': {
    spoil: (home) => home.write(INVENTORY, plainInventory({ web: '::2' })),
    open: 0,
  },
  'that is damaged': { spoil: (home) => writeFileSync(home.cached()[0] ?? '', 'x'), open: 0 },
}

for (const [name, { spoil, open }] of Object.entries(BETWEEN)) {
  for (const thorough of [true, false]) {
    const expected = thorough ? 0 : open
    test(`a cache ${name}, ${thorough ? 'read whole' : 'looked up'}: ${expected} left open`, async () => {
      const home = homeWith({ web: '::1' })
      await home.open()
      spoil(home)
      const inventory = await openInventory({}, { env: home.env, tell: () => {}, thorough })
      const kept = openFiles(process.pid).filter((path) => path.startsWith(home.cache))
      assert.is(kept.length, expected)
      assert.ok(hostOf(inventory, 'web') !== null)
    })
  }
}

test('what was compiled last can be had, though it has changed', async () => {
  const home = homeWith({ web: '::1' })
  assert.is(openLast({}, home.env), null)
  await home.open()
  home.write(INVENTORY, 'broken')
  const last = openLast({}, home.env)
  assert.ok(last !== null)
  assert.is(hostOf(last, 'web'), '::1')
})

test.run()

function wrongPort() {
  return { networks: { internet: { peers: { web: { host: '::1', port: 70_000 } } } } }
}

function makeLink(path: string): void {
  rmSync(path)
  writeFileSync(`${path}.target`, 'x', { mode: 0o600 })
  symlinkSync(`${path}.target`, path)
}

function makeFolderOf(path: string): void {
  rmSync(path)
  mkdirSync(path)
}
