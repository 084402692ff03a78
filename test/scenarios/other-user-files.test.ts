import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inventOnion } from '../helpers/onion-names.ts'
import { TwoUsers } from '../helpers/two-users.ts'

const MACHINE = 'web'

const test = suite('files that another user of the same computer may write')

/** How a file becomes one that another user may have written, and what byway says of it. */
const SPOILED: readonly [owner: string, mode: number, words: string][] = [
  ['61002:61002', 0o600, 'it belongs to user 61002'],
  ['61001:61001', 0o666, 'everybody may write it'],
  ['61001:100', 0o664, 'group 100 may write it'],
  ['61001:61002', 0o664, 'group 61002 may write it'],
]

for (const [owner, mode, words] of SPOILED) {
  const name = `${owner}, mode ${mode.toString(8)}`
  /** Refused, with nothing run. */
  const refuses = async (users: TwoUsers, file: string, how: readonly [string[], object?]) => {
    spawnSync('chown', [owner, file])
    chmodSync(file, mode)
    if (owner.startsWith('61002')) chmodSync(file, 0o644)
    const [args, env = {}] = how
    const { status, stderr } = await users.byway(['connect', ...args, MACHINE], { ...env }, 100)
    assert.match(stderr, `${file}: ${words}, and it may name programs to run`)
    assert.match(stderr, `hint: make it yours alone: chown and chmod go-w ${file}`)
    assert.not.ok(existsSync(join(users.shared, 'ran')))
    return status
  }

  test(`plants no configuration: ${name}`, async () => {
    const users = new TwoUsers()
    users.home.writeInventory({ networks: { home: { peers: { [MACHINE]: { host: 'x' } } } } })
    users.giveHome()
    mkdirSync(join(users.shared, 'byway'))
    const file = join(users.shared, 'byway/config.json')
    writeFileSync(file, JSON.stringify(running(users)))
    const inventory = join(users.home.folder, 'config/byway/inventory.json')
    const env = { XDG_CONFIG_HOME: users.shared }
    assert.is(await refuses(users, file, [['--inventory', inventory], env]), 78)
  })

  test(`plants no inventory that may name programs: ${name}`, async () => {
    const users = new TwoUsers()
    const file = join(users.shared, 'inventory.json')
    writeFileSync(file, JSON.stringify(running(users)))
    users.home.writeConfig({ allowCommands: true })
    users.giveHome()
    assert.is(await refuses(users, file, [['--inventory', file]]), 78)
  })

  test(`plants no torrc: ${name}`, async () => {
    const users = new TwoUsers()
    const file = join(users.shared, 'torrc')
    const run = `exec /usr/bin/touch ${join(users.shared, 'ran')}`
    writeFileSync(file, `ClientTransportPlugin x ${run}\nUseBridges 1\nBridge x 192.0.2.1:1\n`)
    users.home.writeInventory({
      networks: { tor: { technology: 'tor', peers: { [MACHINE]: { host: inventOnion() } } } },
    })
    users.home.writeConfig({ daemons: { tor: { torrc: file, linger: 1 } } })
    users.giveHome()
    assert.is(await refuses(users, file, [['--timeout', '5']]), 69)
  })
}

test('a group of the user’s own number may write what is the user’s', async () => {
  const users = new TwoUsers()
  const file = join(users.shared, 'inventory.json')
  writeFileSync(file, JSON.stringify(running(users)))
  users.home.writeConfig({ allowCommands: true })
  users.giveHome()
  spawnSync('chown', ['61001:61001', file])
  chmodSync(file, 0o664)
  await users.byway(['connect', '--inventory', file, MACHINE])
  assert.ok(existsSync(join(users.shared, 'ran')))
})

test.run()

/** What runs a program that leaves a trace. */
function running({ shared }: TwoUsers) {
  const command = ['touch', join(shared, 'ran')]
  return { networks: { home: { command, peers: { [MACHINE]: { host: 'x' } } } } }
}
