import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Inventory } from '../../../src/core/types.ts'
import { parseInventory } from '../../../src/inventory/parse.ts'

const test = suite('inventory/shapes/qr')

const ONION = 'fgkznaughgt4djbpzpnkmmzsu5m5zcxeoaapn3bg6svlpowkjoq66ryd.onion'

const READ: [string, object, string[]][] = [
  [
    'addresses before tor',
    { addrs: ['192.0.2.1', '::1'], tor: ONION },
    ['direct: 192.0.2.1 ::1', `tor: ${ONION}`],
  ],
  ['ssh URIs', { addrs: ['ssh://root@192.0.2.1:2222'] }, ['direct: root@192.0.2.1:2222']],
  ['tor alone', { pass: 'hunter2', tor: `ssh://root@${ONION}` }, [`tor: root@${ONION}`]],
  ['no tor', { pass: null, tor: null, addrs: ['a.example'] }, ['direct: a.example']],
  ['one address as text', { addrs: 'a.example' }, ['direct: a.example']],
]

for (const [name, document, wanted] of READ) {
  test(`reads ${name}`, () => {
    const inventory = parseInventory(JSON.stringify(document), 'qr.json')
    assert.equal(summarize(inventory), wanted)
    assert.equal(inventory.warnings, [])
  })
}

test('the password is nowhere in the result', () => {
  const text = JSON.stringify({ pass: 'hunter2', addrs: ['a b', 'c'], tor: ONION })
  const { networks, warnings } = parseInventory(text, 'qr.json')
  const all = JSON.stringify([networks.map((network) => [...network.peers]), networks, warnings])
  assert.not.match(all, 'hunter2')
})

test('an address that cannot be read does not lose the others', () => {
  const text = JSON.stringify({ addrs: ['-oProxyCommand=x', 5, 'c'], tor: ONION })
  const inventory = parseInventory(text, 'qr.json')
  assert.equal(summarize(inventory), ['direct: c', `tor: ${ONION}`])
  assert.is(inventory.warnings.length, 2)
  assert.match(inventory.warnings[0] ?? '', /^addrs\[0\]: left out: found "-oProxyCommand=x"/)
})

const REFUSED: [string, object, string][] = [
  ['no address', { addrs: [], tor: null }, 'qr.json: found no address, expected one in "addrs"'],
  ['a number of addresses', { addrs: 5 }, 'qr.json: addrs: found 5, expected a list of addresses'],
  ['a number for tor', { addrs: [], tor: 5 }, 'qr.json: tor: found 5, expected an onion name'],
]

for (const [name, document, wanted] of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => parseInventory(JSON.stringify(document), 'qr.json'),
      (error: Error) => error.message === wanted,
    )
  })
}

function summarize({ networks }: Inventory): string[] {
  return networks.map(({ name, peers }) => {
    const hosts = peers.get('installer')?.hosts ?? []
    const shown = hosts.map(({ at, user, port }) => {
      const place = Object.values(at).join('')
      return `${user === undefined ? '' : `${user}@`}${place}${port === undefined ? '' : `:${port}`}`
    })
    return `${name}: ${shown.join(' ')}`
  })
}

test.run()
