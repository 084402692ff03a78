import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'

/** Names that every JavaScript object answers to, whatever is in it. */
const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty']

const test = suite('names that objects inherit')

test('a network so called starts no program of the user’s', async () => {
  for (const name of NAMES) {
    const home = new Home(SCRIPT)
    for (const program of ['tailscale', 'tailscaled', 'mycelium', 'yggstack']) {
      installProgram(home, program, 'exit 1')
    }
    const kinds = ['tailscale', 'mycelium', 'yggdrasil'].map((technology) => {
      return `"${name}": {"technology": "${technology}", "peers": {"web": {"host": "200::1"}}}`
    })
    for (const kind of kinds) {
      const file = home.writeFile('inventory.json', `{"networks": {${kind}}}`)
      const { status, stderr } = await runByway(home, ['connect', '--inventory', file, 'web'])
      assert.is(status, 69, `${kind}: ${stderr}`)
      assert.not.ok(existsSync(join(home.folder, 'run/byway')), `${kind} has a keeper`)
    }
  }
})

test('networks and machines so called are as all others, in every table and JSON', async () => {
  const home = new Home(SCRIPT)
  mkdirSync(join(home.folder, 'config/byway'))
  const peers = NAMES.map((name) => `"${name}": {"host": "127.77.0.1", "port": 1}`)
  const networks = NAMES.map((name) => `"${name}": {"peers": {${peers.join(', ')}}}`)
  home.writeFile('config/byway/inventory.json', `{"networks": {${networks.join(', ')}}}`)
  const listed = JSON.parse((await runByway(home, ['list', '--json'])).stdout.toString())
  assert.equal(
    listed.networks.map(({ name }: { name: string }) => name),
    NAMES,
  )
  const shown = JSON.parse((await runByway(home, ['status', '--json'])).stdout.toString())
  assert.equal(
    shown.machines.map(({ machine }: { machine: string }) => machine),
    NAMES,
  )
  for (const name of NAMES) {
    const { status, stderr } = await runByway(home, ['connect', name])
    assert.is(status, 69, stderr)
    assert.match(stderr, /127\.77\.0\.1:1/)
  }
})

test('hosts of ssh’s configuration so called are imported', async () => {
  const home = new Home(SCRIPT)
  mkdirSync(join(home.folder, '.ssh'), { mode: 0o700 })
  home.writeFile(
    '.ssh/config',
    NAMES.map((name) => `Host ${name}\n  HostName 192.0.2.7\n`).join(''),
  )
  const { stdout, stderr } = await runByway(home, ['import', '.ssh/config'])
  const { networks } = JSON.parse(stdout.toString())
  assert.equal(Object.keys(networks.internet.peers).sort(), [...NAMES].sort(), stderr)
})

test.run()
