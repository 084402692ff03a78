import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readExcerpt } from '../../src/inventory/excerpt.ts'
import { InventoryHome } from '../helpers/inventory-home.ts'

const ONION = `${'quokka'.repeat(9)}ab.onion`
const PASSWORD = 'correct-horse'
const TICKET = `endpoint${'sesame'.repeat(9)}`
const INVENTORY = 'config/byway/inventory.json'
const CONFIG = 'config/byway/config.json'

const test = suite('inventory/open: secrets')

interface Case {
  readonly name: string
  /** the text that must be in no file of the cache */
  readonly secret: string
  readonly inventory?: unknown
  readonly config?: unknown
  /** true: it is as good when nothing at all is kept */
  readonly uncached?: boolean
}

const WEB = { web: { host: '192.0.2.1' } }

const CASES: readonly Case[] = [
  { name: 'an onion name', secret: ONION, inventory: torWith(ONION) },
  { name: 'in capitals', secret: ONION.toUpperCase(), inventory: torWith(ONION.toUpperCase()) },
  { name: 'with user and port', secret: ONION, inventory: torWith(`me@${ONION}:2222`) },
  { name: 'with white space', secret: ONION, inventory: torWith(` ${ONION}\n`) },
  { name: 'with a final dot', secret: ONION, inventory: torWith(`${ONION}.`) },
  { name: 'below it', secret: ONION, inventory: torWith(`www.${ONION}`) },
  { name: 'as one of several hosts', secret: ONION, inventory: torWith(['192.0.2.1', ONION]) },
  {
    name: 'the onion name of a network that only the configuration has',
    secret: ONION,
    inventory: { networks: { internet: { peers: WEB } } },
    config: { networks: { tor: { technology: 'tor', peers: { web: { host: ONION } } } } },
  },
  {
    name: 'the password of a proxy',
    secret: PASSWORD,
    inventory: socksWith(`socks5h://me:${PASSWORD}@proxy:1080`),
  },
  {
    name: 'the password of an HTTP proxy',
    secret: PASSWORD,
    inventory: { networks: { office: { http: `http://me:${PASSWORD}@proxy:3128`, peers: WEB } } },
  },
  {
    name: 'a ticket in a network of another technology',
    secret: TICKET,
    inventory: { networks: { p2p: { jump: 'gate', peers: { web: { host: TICKET } } } } },
  },
  {
    name: 'the password of a proxy, in the configuration',
    secret: PASSWORD,
    inventory: { networks: { internet: { peers: WEB } } },
    config: { networks: { internet: { socks: `me:${PASSWORD}@proxy` } } },
  },
  {
    name: 'the password of a daemon’s proxy',
    secret: PASSWORD,
    inventory: { networks: { internet: { peers: WEB } } },
    config: { daemons: { tor: { socks: `me:${PASSWORD}@127.0.0.1:9050` } } },
    uncached: true,
  },
  {
    name: 'a daemon’s environment',
    secret: PASSWORD,
    inventory: { networks: { internet: { peers: WEB } } },
    config: { daemons: { tor: { env: { TOKEN: PASSWORD } } } },
    uncached: true,
  },
  {
    name: 'the ticket of an iroh endpoint',
    secret: PASSWORD,
    inventory: { networks: { iroh: { technology: 'iroh', peers: { web: { host: PASSWORD } } } } },
  },
]

for (const { name, secret, inventory, config, uncached = false } of CASES) {
  test(`not in the cache: ${name}`, async () => {
    const home = new InventoryHome()
    home.write(INVENTORY, inventory)
    if (config !== undefined) home.write(CONFIG, config)
    for (const time of ['compiled', 'from the cache']) {
      const opened = await home.open()
      assert.ok(opened.find('web') !== null, time)
      const text = home.cacheBytes().toString('latin1').toLowerCase()
      assert.not.ok(text.includes(secret.toLowerCase()), time)
    }
    assert.ok(uncached || home.cached().length === 1, 'there is a cache')
    for (const line of home.told) assert.not.ok(line.includes(secret), line)
  })
}

test('what the cache does not hold is read from the source', async () => {
  const home = new InventoryHome()
  home.write(INVENTORY, torWith([`me@${ONION}:2222`, '192.0.2.1', ONION.toUpperCase()]))
  for (const time of ['compiled', 'from the cache']) {
    const hosts = (await home.open()).find('web')?.memberships[0]?.peer.hosts ?? []
    const revealed = hosts.map(({ at }) => {
      if ('plain' in at) return at.plain
      return 'excerpt' in at ? readExcerpt(at.excerpt).reveal() : null
    })
    assert.equal(revealed, [ONION, '192.0.2.1', ONION.toUpperCase()], time)
  }
})

const ESCAPED: readonly [name: string, text: string, expected: string][] = [
  ['an onion name', JSON.stringify(torWith(ONION)).replaceAll('o', '\\u006f'), ONION],
  [
    'a password',
    JSON.stringify(socksWith(`me:${PASSWORD}@proxy`)).replaceAll('-', '\\u002d'),
    `me:${PASSWORD}@proxy`,
  ],
]

for (const [name, text, expected] of ESCAPED) {
  test(`${name} that does not stand letter for letter in the source: no cache`, async () => {
    const home = new InventoryHome()
    home.write(INVENTORY, text)
    for (const time of ['first', 'second']) {
      const [membership] = (await home.open()).find('web')?.memberships ?? []
      const at = membership?.peer.hosts[0]?.at ?? { plain: '' }
      const found = [membership?.network.settings.socks, 'plain' in at ? at.plain : null]
      assert.ok(found.includes(expected), time)
      assert.equal(home.cached(), [], time)
    }
  })
}

const MENTIONS: readonly [name: string, peer: object, settings: object][] = [
  ['a jump host', { SSHOptions: ['-J', `me@${ONION}`] }, {}],
  ["a network's jump host", {}, { jump: ONION }],
  ['an option for ssh', { SSHOptions: [`-oHostKeyAlias=${ONION}`] }, {}],
]

for (const [name, peer, settings] of MENTIONS) {
  test(`an onion name as ${name}: no cache`, async () => {
    const home = new InventoryHome()
    const peers = { web: { host: '192.0.2.1', ...peer } }
    home.write(INVENTORY, { networks: { lan: { ...settings, peers } } })
    assert.ok((await home.open()).find('web') !== null)
    assert.equal(home.cached(), [])
  })
}

test.run()

function torWith(host: string | readonly string[]) {
  const peer = typeof host === 'string' ? { host } : { hosts: host }
  return { networks: { tor: { technology: 'tor', peers: { web: peer } } } }
}

function socksWith(socks: string) {
  return { networks: { office: { technology: 'socks', socks, peers: WEB } } }
}
