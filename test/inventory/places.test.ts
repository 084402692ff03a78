import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../../src/core/errors.ts'
import type { SourceFlags } from '../../src/inventory/locate.ts'
import { caughtByway } from '../helpers/errors.ts'
import { hostOf, InventoryHome, plainInventory } from '../helpers/inventory-home.ts'

const test = suite('inventory/open: order of places')

/** What names an inventory, the one that counts most first (README, "Where things are"). */
const PLACES = [
  '--inventory',
  '$BYWAY_INVENTORY',
  '--flake',
  '$BYWAY_FLAKE',
  '$CLAN_DIR',
  'configured inventory',
  'configured flake',
  'inventory.json',
] as const

type Place = (typeof PLACES)[number]

for (const [i, winner] of PLACES.entries()) {
  test(`${winner}, before all that follow`, async () => {
    assert.is(await openWith(PLACES.slice(i)), winner)
  })

  for (const other of PLACES.slice(i + 1)) {
    test(`${winner} before ${other}`, async () => {
      assert.is(await openWith([winner, other]), winner)
    })
  }
}

for (const inventory of ['flag', 'variable'] as const) {
  test(`an inventory by its ${inventory} and a flake: the flake is where its vars are`, async () => {
    const home = new InventoryHome()
    const path = home.write('i.json', plainInventory({ web: '::1' }))
    const flake = join(home.folder, 'clan')
    const opened =
      inventory === 'flag'
        ? await home.open({ inventory: path, flake })
        : await home.open({}, { BYWAY_INVENTORY: path, CLAN_DIR: flake })
    assert.is(opened.find('web')?.clan, flake)
  })
}

test('without a flake the vars are where the inventory is', async () => {
  const home = new InventoryHome()
  const inventory = home.write('somewhere/i.json', plainInventory({ web: '::1' }))
  assert.is((await home.open({ inventory })).find('web')?.clan, join(home.folder, 'somewhere'))
})

test('the same relative flake in two folders is two flakes', async () => {
  const home = new InventoryHome()
  const inventory = home.write('i.json', plainInventory({ web: '::1' }))
  const before = process.cwd()
  try {
    for (const name of ['a', 'b']) {
      home.write(`${name}/flake.nix`, '{}')
      process.chdir(join(home.folder, name))
      const opened = await home.open({ inventory, flake: '.' })
      assert.is(opened.find('web')?.clan, join(home.folder, name))
    }
  } finally {
    process.chdir(before)
  }
})

test('paths in a configuration are relative to it', async () => {
  const home = new InventoryHome()
  home.write('elsewhere/machines.json', plainInventory({ web: '::7' }))
  const config = home.write('elsewhere/config.json', { inventory: 'machines.json' })
  assert.is(hostOf(await home.open({ config }), 'web'), '::7')
})

for (const named of ['inventory', 'config'] as const) {
  test(`--${named} names a file that is not there`, async () => {
    const home = new InventoryHome()
    home.write('config/byway/inventory.json', plainInventory({ web: '::1' }))
    const path = join(home.folder, 'nowhere.json')
    const error = await caughtByway('NOINPUT', home.open({ [named]: path }))
    assert.is(error.message, `read "${path}": no such file`)
  })

  test(`--${named} names a folder`, async () => {
    const home = new InventoryHome()
    home.write('config/byway/inventory.json', plainInventory({ web: '::1' }))
    const error = await caughtByway('NOINPUT', home.open({ [named]: home.folder }))
    assert.match(error.message, `read "${home.folder}": `)
  })
}

test.run()

/** Which of the places counts, when all of these name something. */
async function openWith(places: readonly Place[]): Promise<Place | undefined> {
  const home = new InventoryHome()
  const write = (place: Place) => {
    return home.write(`${PLACES.indexOf(place)}.json`, plainInventory({ [host(place)]: '::1' }))
  }
  const flake = (place: Place) => `flake:${host(place)}`
  const has = (place: Place) => places.includes(place)
  if (has('inventory.json')) {
    home.write('config/byway/inventory.json', plainInventory({ [host('inventory.json')]: '::1' }))
  }
  home.write('config/byway/config.json', {
    ...(has('configured inventory') ? { inventory: write('configured inventory') } : {}),
    ...(has('configured flake') ? { flake: flake('configured flake') } : {}),
  })
  const flags: SourceFlags = {
    inventory: has('--inventory') ? write('--inventory') : undefined,
    flake: has('--flake') ? flake('--flake') : undefined,
  }
  const env = {
    ...(has('$BYWAY_INVENTORY') ? { BYWAY_INVENTORY: write('$BYWAY_INVENTORY') } : {}),
    ...(has('$BYWAY_FLAKE') ? { BYWAY_FLAKE: flake('$BYWAY_FLAKE') } : {}),
    ...(has('$CLAN_DIR') ? { CLAN_DIR: flake('$CLAN_DIR') } : {}),
  }
  // a flake is not evaluated here: the error names it
  const names = await home.open(flags, env).then(
    (inventory) => Array.from(inventory.machines(), ({ name }) => name),
    (error: unknown) => [messageOf(error)],
  )
  return PLACES.find((place) => names.some((name) => name.endsWith(host(place))))
}

/** A name by which the place is known again. */
function host(place: Place): string {
  return `place-${PLACES.indexOf(place)}`
}
