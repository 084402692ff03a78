import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun, run } from '../helpers/program.ts'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

const deb = suite('the Debian package')
const architecture = (await mustRun(['dpkg', '--print-architecture'])).stdout.toString().trim()
const { version } = JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8'))
const file = join(DIST, `byway_${version}_${architecture}.deb`)

deb('lintian finds no error and no warning in it', async () => {
  // it reads every byte of the executable, for minutes: another stands for it
  const light = await build({ EXECUTABLE: '/bin/true' })
  const argv = ['lintian', '--allow-root', '--fail-on', 'error,warning', light]
  const { stdout, stderr, status } = await run(argv)
  assert.is(status, 0, stdout.toString() + stderr)
})

deb('is installed, runs, and is purged without a trace', async () => {
  const root = makeSystem()
  const dpkg = (...words: string[]) =>
    mustRun(['dpkg', `--root=${root}`, '--force-not-root,depends,script-chrootless', ...words])
  await dpkg('--install', file)
  const home = new Home(SCRIPT)
  home.writeInventory({ networks: { internet: { peers: { web: { host: '192.0.2.1' } } } } })
  const listed = await mustRun([join(root, 'usr/bin/byway'), 'list'], { env: home.env })
  assert.match(listed.stdout.toString(), /^internet +1000 +direct +Yes +web$/m)
  const { stdout } = await dpkg('--listfiles', 'byway')
  for (const place of [
    '/usr/share/man/man1/byway.1.gz',
    '/usr/share/bash-completion/completions/byway',
    '/usr/share/zsh/vendor-completions/_byway',
    '/usr/share/fish/vendor_completions.d/byway.fish',
    '/usr/share/byway/ssh_config.d/relay.conf',
    '/usr/share/doc/byway/copyright',
  ]) {
    assert.ok(stdout.toString().includes(`${place}\n`), place)
  }
  assert.not.match(stdout.toString(), /^\/etc/m)
  await dpkg('--verify', 'byway')
  await dpkg('--purge', 'byway')
  assert.equal(readdirSync(root), ['var'])
})

deb('is the same byte for byte when it is made again', async () => {
  const again = await build({})
  assert.ok(readFileSync(file).equals(readFileSync(again)))
})

deb.run()

/** Makes the package anew, as of the time that the Makefile says. */
async function build(env: Readonly<Record<string, string>>): Promise<string> {
  const output = join(makeFolder(), basename(file))
  const cwd = join(DIST, '..')
  const rule = ['--eval', 'epoch:; @echo $(SOURCE_DATE_EPOCH)', 'epoch']
  const { stdout } = await mustRun(['make', '-s', ...rule], { cwd })
  const SOURCE_DATE_EPOCH = stdout.toString().trim()
  await mustRun(['scripts/deb.sh', output], {
    cwd,
    env: { ...process.env, SOURCE_DATE_EPOCH, ...env },
  })
  return output
}

/** A system for dpkg in which nothing is installed. */
function makeSystem(): string {
  const root = makeFolder()
  for (const name of ['info', 'updates', 'triggers', 'parts', 'alternatives']) {
    mkdirSync(join(root, 'var/lib/dpkg', name), { recursive: true })
  }
  for (const name of [
    'status',
    'status-old',
    'available',
    'lock',
    'lock-frontend',
    'diversions',
    'statoverride',
    'arch',
    'triggers/File',
    'triggers/Unincorp',
    'triggers/Lock',
    'info/format',
  ]) {
    writeFileSync(join(root, 'var/lib/dpkg', name), name === 'info/format' ? '1\n' : '')
  }
  return root
}
