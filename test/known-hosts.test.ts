import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findKnownHosts } from '../src/known-hosts.ts'
import { makeKeyPair, publicLineOf, putAuthority, putHostKey } from './helpers/host-identity.ts'
import { InventoryHome, plainInventory } from './helpers/inventory-home.ts'

const MACHINES = {
  web: '192.0.2.1',
  Web02: '192.0.2.2',
  db: '192.0.2.3',
  DB: '192.0.2.4',
  Db3: '192.0.2.5',
  dB3: '192.0.2.6',
}

const test = suite('known-hosts')
const home = new InventoryHome()
const clan = join(home.folder, 'config/byway')
home.write('config/byway/inventory.json', plainInventory(MACHINES, 'clan.example'))
Object.assign(process.env, home.env)

function find(host: string): Promise<string> {
  return findKnownHosts({ flags: { verbosity: 0 }, host }, () => {})
}

test('there is no key yet', async () => {
  assert.is(await find('web'), '')
})

test('a var that holds no key is as good as none', async () => {
  putHostKey(clan, 'web', 'this is no key')
  assert.is(await find('web'), '')
})

test('a key and an authority, under the name that was asked for', async () => {
  const key = publicLineOf(await makeKeyPair())
  const authority = await makeKeyPair()
  putHostKey(clan, 'web', key)
  putAuthority(clan, authority)
  for (const name of ['web', 'web.clan.example', '[web]:2222']) {
    const lines = [
      `${name} ${plain(key)}`,
      `@cert-authority ${name} ${plain(publicLineOf(authority))}`,
    ]
    assert.is(await find(name), `${lines.join('\n')}\n`)
  }
})

test('a name that ssh has written in lower case', async () => {
  const key = publicLineOf(await makeKeyPair())
  for (const name of ['Web02', 'DB', 'Db3', 'dB3']) putHostKey(clan, name, key)
  for (const name of ['web02', 'Web02', 'web02.clan.example']) {
    assert.is(
      await find(name),
      `${name} ${plain(key)}\n`,
      'no authority: its names are as they are',
    )
  }
  assert.not.match(await find('db'), plain(key), 'one of that very name goes before')
  assert.is(await find('db3'), '', 'two are none')
})

for (const name of ['stranger', '192.0.2.1', '[2001:db8::1]:22', '*', 'x.clan.example', '..', '']) {
  test(`nothing for "${name}"`, async () => {
    assert.is(await find(name), '')
  })
}

test.run()

/** Without its comment. */
function plain(line: string): string {
  return line.split(' ').slice(0, 2).join(' ')
}
