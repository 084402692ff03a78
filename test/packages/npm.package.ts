import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const npm = suite('the package for npm')
const first = await pack()

npm('holds what is built, and no sources', async () => {
  const { stdout } = await mustRun(['tar', '-tzf', first])
  const files = stdout.toString().trim().split('\n').sort()
  const recipe = /^package\/ssh-config\/recipes\/.*\.sh$/
  assert.ok(files.some((name) => recipe.test(name)))
  assert.equal(
    files.filter((name) => !recipe.test(name)),
    [
      'package/ARCHITECTURE.md',
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/README.md',
      'package/dist/byway.1',
      'package/dist/byway.js',
      'package/dist/completions/bash',
      'package/dist/completions/fish',
      'package/dist/completions/zsh',
      'package/dist/package.json',
      'package/package.json',
      'package/ssh-config/fdpass.conf',
      'package/ssh-config/relay.conf',
    ],
  )
})

npm('is the same byte for byte when it is packed again', async () => {
  assert.ok(readFileSync(first).equals(readFileSync(await pack())))
})

npm('is installed without the network, runs, and is taken away again', async () => {
  const home = new Home(SCRIPT)
  const prefix = makeFolder()
  const global = ['--global', '--prefix', prefix, '--offline', '--silent']
  await mustRun(['npm', 'install', ...global, first], { env: home.env, cwd: prefix })
  assert.equal(readdirSync(join(prefix, 'lib/node_modules')), ['byway'])
  assert.not(existsSync(join(prefix, 'lib/node_modules/byway/node_modules')), 'needs no other')
  const byway = join(prefix, 'bin/byway')
  home.writeInventory({ networks: { internet: { peers: { web: { host: '192.0.2.1' } } } } })
  const listed = await mustRun([byway, 'list'], { env: home.env })
  assert.match(listed.stdout.toString(), /^internet +1000 +direct +Yes +web$/m)
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const said = await mustRun([byway, '--version'], { env: home.env })
  assert.is(said.stdout.toString(), `${version}\n`)
  assert.ok(existsSync(join(prefix, 'share/man/man1/byway.1')))
  await mustRun(['npm', 'uninstall', ...global, 'byway'], { env: home.env, cwd: prefix })
  assert.not(existsSync(byway))
})

npm.run()

async function pack(): Promise<string> {
  const folder = makeFolder()
  await mustRun(['npm', 'pack', '--silent', '--pack-destination', folder], { cwd: ROOT })
  const [name = ''] = readdirSync(folder)
  return join(folder, name)
}
