import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { run } from '../helpers/program.ts'

const TWINS = /^byway: db and DB are one name to ssh: .*\nbyway: a\.clan and A\.clan are one .*\n$/

const test = suite('names of machines, in what "byway ssh-config" writes')

test('a machine that is called as another one with its domain is itself', async () => {
  const home = new Home(SCRIPT)
  const machines = { web01: 'alice', 'web01.clan': 'root', mail: 'bob' }
  const peers = Object.fromEntries(
    Object.entries(machines).map(([name, user]) => [name, { host: '192.0.2.1', user }]),
  )
  home.writeInventory({ domain: 'clan', networks: { lan: { peers } } })
  const { stdout, stderr } = await runByway(home, ['ssh-config'])
  assert.is(stderr, '')
  const config = home.writeFile('ssh_config', stdout)
  for (const [name, user] of Object.entries({ ...machines, 'mail.clan': 'bob' })) {
    const settings = await run(['ssh', '-F', config, '-G', name], { env: home.env })
    const alias = name === 'mail.clan' ? 'mail' : name
    assert.match(settings.stdout.toString(), new RegExp(`^user ${user}$`, 'm'), name)
    assert.match(settings.stdout.toString(), new RegExp(`^hostkeyalias ${alias}$`, 'm'), name)
    assert.match(settings.stdout.toString(), / connect %n %p$/m, name)
  }
})

test('names that are one to ssh are named, once', async () => {
  const home = new Home(SCRIPT)
  const names = ['db', 'web', 'DB', 'a', 'A.clan']
  const peers = Object.fromEntries(names.map((name) => [name, { host: '127.0.0.1' }]))
  home.writeInventory({ domain: 'clan', networks: { lan: { peers } } })
  for (const args of [['ssh-config'], ['ssh-config', '--install']]) {
    const { status, stderr } = await runByway(home, args)
    assert.is(status, 0, stderr)
    assert.match(stderr, TWINS)
  }
  const config = join(home.folder, '.ssh/config')
  const control = readFileSync(config, 'utf8').concat('Host *\nControlPath /tmp/%h\n')
  home.writeFile('.ssh/config', control)
  const paths = ['db', 'DB'].map(async (name) => {
    const { stdout } = await run(['ssh', '-F', config, '-G', name], { env: home.env })
    return /^controlpath .*$/m.exec(stdout.toString())?.[0]
  })
  assert.equal(await Promise.all(paths), ['controlpath /tmp/db', 'controlpath /tmp/db'])
  const { findings } = JSON.parse((await runByway(home, ['doctor', '--json'])).stdout.toString())
  const warned = findings.filter(({ text }: { text: string }) => / one name to ssh/.test(text))
  assert.equal(
    warned.map(({ check, level }: Record<string, string>) => `${level} ${check}`),
    ['warning inventory', 'warning inventory'],
  )
})

test.run()
