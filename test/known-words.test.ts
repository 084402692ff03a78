import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listWords } from '../src/known-words.ts'
import { InventoryHome } from './helpers/inventory-home.ts'

const words = suite('the words of completion')
const peer = { host: '192.0.2.1' }
const inventory = (...names: string[]) => ({
  networks: {
    vpn: { priority: 1, peers: Object.fromEntries(names.map((name) => [name, peer])) },
    internet: { priority: 2, peers: Object.fromEntries(names.map((name) => [name, peer])) },
  },
})

words('machines, networks and daemons, a line each', async () => {
  const home = new InventoryHome()
  home.write('config/byway/inventory.json', inventory('web', 'db'))
  home.write('config/byway/config.json', {
    daemons: { relay: { command: ['relay'], ready: { socks: true }, socks: '127.0.0.1:1' } },
  })
  assert.is(await listWords(['machines'], home.env), 'web\ndb\n')
  assert.is(await listWords(['networks'], home.env), 'internet\nvpn\n')
  assert.is(await listWords(['daemons'], home.env), 'tor\nrelay\n')
  assert.is(await listWords(['planets'], home.env), '')
})

words('of the inventory that the line names', async () => {
  const home = new InventoryHome()
  home.write('config/byway/inventory.json', inventory('web'))
  const file = home.write('other.json', inventory('kestrel'))
  const lines = {
    'two words': ['--inventory', file, 'ssh', 'k'],
    'one word': ['ssh', `--inventory=${file}`, ''],
    'a tilde': ['ssh', '--inventory', '~/other.json'],
  }
  for (const [title, line] of Object.entries(lines)) {
    assert.is(await listWords(['machines', ...line], home.env), 'kestrel\n', title)
  }
})

words('nothing at all where there is no inventory, or a flag without its value', async () => {
  const home = new InventoryHome()
  assert.is(await listWords(['machines'], home.env), '')
  assert.is(await listWords(['machines', 'ssh', '--inventory'], home.env), '')
  assert.is(await listWords([], home.env), '')
})

words('those of before, where the inventory is broken now', async () => {
  const home = new InventoryHome()
  home.write('config/byway/inventory.json', inventory('web'))
  assert.is(await listWords(['machines'], home.env), 'web\n')
  home.write('config/byway/inventory.json', '{ "networks": ')
  assert.is(await listWords(['machines'], home.env), 'web\n')
})

words('no flake is evaluated for them', async () => {
  const home = new InventoryHome()
  // were it looked for, it would be an error that it is not there
  home.write('config/byway/config.json', { flake: '/nonexistent/clan' })
  assert.is(await listWords(['machines'], home.env), '')
  assert.equal(home.cached(), [])
})

words.run()
