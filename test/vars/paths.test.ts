import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VarReference } from '../../src/core/types.ts'
import { ageBackend } from '../../src/vars/age.ts'
import { passwordStoreBackend } from '../../src/vars/password-store.ts'
import { listConfined, readConfined } from '../../src/vars/paths.ts'
import { publicBackend } from '../../src/vars/public.ts'
import { resolveVar } from '../../src/vars/resolve.ts'
import { sopsBackend } from '../../src/vars/sops.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { failureOf, HOSTNAME, makeContext, put, readWith, varPath } from './clan.ts'

const test = suite('vars/paths')

const NAMES: Readonly<Record<string, string>> = {
  'a way out': '../..',
  'the folder above': '..',
  'the folder itself': '.',
  nothing: '',
  'an absolute path': '/etc',
  'a path': 'a/b',
  'a slash at the end': 'a/',
  'a null byte': 'a\0b',
  'a line break': 'a\n',
  'an escape': 'a\u001b[31m',
  'a control of C1': 'a\u0085',
}

const BACKENDS = [publicBackend, sopsBackend, ageBackend, passwordStoreBackend]

for (const [what, name] of Object.entries(NAMES)) {
  test(`refuses ${what} as a name`, async () => {
    const clan = makeFolder()
    put(join(clan, 'value'), 'outside')
    for (const part of Object.keys(HOSTNAME) as (keyof VarReference)[]) {
      const ref = { ...HOSTNAME, [part]: name }
      const resolving = resolveVar(clan, ref, makeContext())
      const error = await failureOf(resolving)
      assert.is(error.exit, 'DATAERR')
      assert.match(error.message, `${part} ${JSON.stringify(name)}`)
      for (const backend of BACKENDS) {
        const reading = Promise.resolve(backend.read(clan, ref, makeContext()))
        assert.is((await failureOf(reading)).exit, 'DATAERR', backend.name)
      }
    }
  })
}

test('accepts what only looks odd', async () => {
  const clan = makeFolder()
  for (const file of ['..a', 'a..', '...', '-rf', 'a b', '東京', '$(id)', '~']) {
    const ref = { ...HOSTNAME, file }
    put(varPath(clan, 'value', ref), file)
    assert.is((await resolveVar(clan, ref, makeContext())).reveal(), file)
  }
})

test('refuses a symbolic link to a file outside', async () => {
  const clan = makeFolder()
  const path = varPath(clan, 'value')
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(put(join(makeFolder(), 'secret'), 'outside'), path)
  const error = await failureOf(readWith(publicBackend, clan))
  assert.is(error.exit, 'DATAERR')
  assert.match(error.message, `${path} leads out of the clan's directory`)
})

for (const [what, link] of [
  ['vars', 'vars'],
  ['a machine', 'vars/per-machine/web'],
  ['a generator', 'vars/per-machine/web/tor_tor'],
] as const) {
  test(`refuses a symbolic link for ${what} that leads outside`, async () => {
    const [clan, outside] = [makeFolder(), makeFolder()]
    put(varPath(outside, 'value'), 'outside')
    mkdirSync(dirname(join(clan, link)), { recursive: true })
    symlinkSync(join(outside, link), join(clan, link))
    assert.is((await failureOf(readWith(publicBackend, clan))).exit, 'DATAERR')
  })
}

test('refuses a folder beside the clan’s whose name begins alike', async () => {
  const parent = makeFolder()
  const path = varPath(join(parent, 'clan'), 'value')
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(put(join(parent, 'clan-other/value'), 'outside'), path)
  assert.is((await failureOf(readWith(publicBackend, join(parent, 'clan')))).exit, 'DATAERR')
})

test('refuses a symbolic link that leads outside for a machine’s key', async () => {
  const [clan, outside] = [makeFolder(), makeFolder()]
  put(join(clan, 'secrets/clan-vars/per-machine/web/tor_tor/hostname/hostname.age'), 'x')
  mkdirSync(join(clan, 'secrets/age-keys/machines'), { recursive: true })
  put(join(outside, 'key.age'), 'x')
  symlinkSync(outside, join(clan, 'secrets/age-keys/machines/web'))
  assert.is((await failureOf(readWith(ageBackend, clan))).exit, 'DATAERR')
})

test('follows symbolic links within the clan, and one to the clan', async () => {
  const clan = makeFolder()
  put(join(clan, 'elsewhere/value'), 'inside')
  mkdirSync(join(clan, 'vars/per-machine/web/tor_tor'), { recursive: true })
  symlinkSync('../../../../elsewhere', join(clan, 'vars/per-machine/web/tor_tor/hostname'))
  assert.is((await readWith(publicBackend, clan)).toString(), 'inside')
  const link = join(makeFolder(), 'clan')
  symlinkSync(clan, link)
  assert.is((await readWith(publicBackend, link)).toString(), 'inside')
})

test('takes a symbolic link to nothing, and a file for a folder, for absent', async () => {
  const clan = makeFolder()
  mkdirSync(dirname(varPath(clan, 'value')), { recursive: true })
  symlinkSync('nothing', varPath(clan, 'value'))
  assert.is(await publicBackend.read(clan, HOSTNAME, makeContext()), null)
  put(join(clan, 'vars/per-machine/db'), 'a file')
  assert.is(await publicBackend.read(clan, { ...HOSTNAME, machine: 'db' }, makeContext()), null)
})

test('refuses symbolic links in a circle', async () => {
  const clan = makeFolder()
  mkdirSync(dirname(varPath(clan, 'value')), { recursive: true })
  symlinkSync('value', varPath(clan, 'value'))
  assert.is((await failureOf(readWith(publicBackend, clan))).exit, 'DATAERR')
})

test('refuses a folder, a pipe and a file of 17 MiB where a file should be', async () => {
  const clan = makeFolder()
  const path = varPath(clan, 'value')
  mkdirSync(path, { recursive: true })
  const folder = await failureOf(readWith(publicBackend, clan))
  assert.match(folder.message, 'not a regular file')
  const pipe = join(clan, 'pipe')
  assert.is(spawnSync('mkfifo', [pipe]).status, 0)
  assert.match((await failureOf(readConfined(clan, ['pipe']))).message, 'not a regular file')
  const large = put(join(clan, 'large'), '')
  truncateSync(large, 17 * 1024 * 1024)
  const error = await failureOf(readConfined(clan, ['large']))
  assert.is(error.exit, 'DATAERR')
  assert.match(error.message, 'larger than 16 MiB')
})

test('says which file cannot be read', async () => {
  // A file of the kernel's that opens, and that nobody can read from its beginning.
  const error = await failureOf(readConfined('/proc/self', ['mem']))
  assert.is(error.exit, 'NOINPUT')
  assert.match(error.message, /^read \/proc\/\d+\/mem: /)
})

test('says which clan directory is not there', async () => {
  const error = await failureOf(readWith(publicBackend, '/nonexistent/clan'))
  assert.is(error.exit, 'NOINPUT')
  assert.is(error.message, 'clan directory /nonexistent/clan: no such file or directory')
})

test('refuses a name that is too long for the file system', async () => {
  const clan = makeFolder()
  put(varPath(clan, 'value'), 'x')
  const reading = resolveVar(clan, { ...HOSTNAME, file: 'a'.repeat(300) }, makeContext())
  assert.is((await failureOf(reading)).exit, 'DATAERR')
})

test('lists folders in order, and nothing where there is none', async () => {
  const clan = makeFolder()
  for (const name of ['b', 'a', 'c']) mkdirSync(join(clan, 'machines', name), { recursive: true })
  assert.equal(await listConfined(clan, ['machines']), ['a', 'b', 'c'])
  assert.equal(await listConfined(clan, ['nothing']), [])
})

test.run()
