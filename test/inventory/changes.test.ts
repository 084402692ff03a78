import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareInventories } from '../../src/inventory/changes.ts'
import { type OpenedInventory, openInventory } from '../../src/inventory/open.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const changes = suite('inventory/changes')

const NOTHING = { added: [], gone: [], moved: [] }
const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion'

/** The networks as an inventory, compiled and opened; `before` stands before them in the file. */
function open(networks: object, before = ''): Promise<OpenedInventory> {
  const folder = makeFolder()
  const inventory = join(folder, 'inventory.json')
  writeFileSync(inventory, `${before}${JSON.stringify({ networks })}`)
  return openInventory({ inventory }, { env: { HOME: folder }, tell: () => {} })
}

const LAN = { lan: { peers: { web: { host: 'web.lan' }, db: { host: 'db.lan' } } } }

changes('where nothing was known, all is added', async () => {
  assert.equal(compareInventories(null, await open(LAN)), {
    machines: { ...NOTHING, added: ['web', 'db'] },
    networks: { ...NOTHING, added: ['lan'] },
  })
})

changes('the same is no change, wherever in the file a secret stands', async () => {
  const networks = { tor: { technology: 'tor', peers: { web: { host: ONION } } } }
  const [one, other] = [await open(networks), await open(networks, '\n\n\n')]
  assert.equal(compareInventories(one, other), { machines: NOTHING, networks: NOTHING })
})

for (const [name, now, machines, networks] of [
  [
    'a machine that comes, and one that goes',
    { lan: { peers: { web: { host: 'web.lan' }, app: { host: 'app.lan' } } } },
    { added: ['app'], gone: ['db'], moved: [] },
    NOTHING,
  ],
  [
    'another host',
    { lan: { peers: { web: { host: 'web2.lan' }, db: { host: 'db.lan' } } } },
    { ...NOTHING, moved: ['web'] },
    NOTHING,
  ],
  [
    'one network more',
    { ...LAN, vpn: { peers: { db: { host: '10.0.0.2' } } } },
    { ...NOTHING, moved: ['db'] },
    { ...NOTHING, added: ['vpn'] },
  ],
  [
    'another priority',
    { lan: { ...LAN.lan, priority: 3 } },
    NOTHING,
    { ...NOTHING, moved: ['lan'] },
  ],
  ['another setting', { lan: { ...LAN.lan, timeout: 3 } }, NOTHING, { ...NOTHING, moved: ['lan'] }],
  ['nothing any more', {}, { ...NOTHING, gone: ['web', 'db'] }, { ...NOTHING, gone: ['lan'] }],
] as const) {
  changes(name, async () => {
    assert.equal(compareInventories(await open(LAN), await open(now)), { machines, networks })
  })
}

changes.run()
