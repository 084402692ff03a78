import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Environment } from '../../src/vars/backend.ts'
import { passwordStoreBackend } from '../../src/vars/password-store.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { failureOf, HOSTNAME, makeContext, put, readWith } from './clan.ts'
import { makeGpgHome } from './gpg.ts'
import { VALUES } from './values.ts'

const test = suite('vars/password-store')

const PATH = process.env['PATH'] ?? ''
const OWN = 'clan-vars/per-machine/web/tor_tor/hostname'
const SHARED = 'clan-vars/shared/tor_tor/hostname'
/** The password store is the user's: the clan's directory does not matter. */
const NOWHERE = '/nonexistent'

/** A home with a key for gpg and an empty store of the real pass. */
async function makePassHome(): Promise<Environment> {
  const env = await makeGpgHome('byway test')
  await mustRun(['pass', 'init', 'byway test'], { env: { ...env } })
  return env
}

const passEnv = await makePassHome()

async function insert(entry: string, value: string | Uint8Array): Promise<void> {
  await mustRun(['pass', 'insert', '--force', '-m', entry], { env: { ...passEnv }, input: value })
}

for (const [name, value] of Object.entries(VALUES)) {
  test(`reads ${name} with pass`, async () => {
    await insert(OWN, value)
    const found = await readWith(passwordStoreBackend, NOWHERE, makeContext(passEnv))
    assert.ok(found.equals(value))
  })
}

test('reads a shared entry with pass', async () => {
  await insert('clan-vars/shared/tor_tor/other', 'shared')
  const ref = { ...HOSTNAME, file: 'other' }
  const found = await passwordStoreBackend.read(NOWHERE, ref, makeContext(passEnv))
  assert.is(Buffer.from(found ?? []).toString(), 'shared')
})

test('takes an entry that is not there, or a folder of entries, for absent', async () => {
  for (const file of ['absent', 'folder']) {
    if (file === 'folder') await insert(`${OWN}/folder/entry`, 'x')
    const ref = { ...HOSTNAME, file }
    const found = await passwordStoreBackend.read(NOWHERE, ref, makeContext(passEnv))
    assert.is(found, null)
  }
})

test('reads the store that PASSWORD_STORE_DIR names', async () => {
  const store = join(makeFolder(), 'store')
  const env = { ...passEnv, PASSWORD_STORE_DIR: store }
  await mustRun(['pass', 'init', 'byway test'], { env })
  await mustRun(['pass', 'insert', '-m', OWN], { env, input: 'there' })
  const found = await readWith(passwordStoreBackend, NOWHERE, makeContext(env))
  assert.is(found.toString(), 'there')
})

test('says what pass says when the key is missing', async () => {
  await insert(OWN, 'x')
  const empty = makeFolder()
  chmodSync(empty, 0o700)
  const context = makeContext({ ...passEnv, GNUPGHOME: empty })
  const error = await failureOf(readWith(passwordStoreBackend, NOWHERE, context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, `entry "${OWN}": pass ended with status 2: gpg: decryption failed`)
  assert.match(error.hint ?? '', `pass show ${OWN}`)
})

/**
 * A stand-in for passage, which is not in Debian 12: what its `show` does, by its documentation,
 * with the real age.
 */
const STAND_IN = `#!/bin/sh
set -eu
store=\${PASSAGE_DIR:-$HOME/.passage/store}
[ "$1" = show ]
if [ ! -f "$store/$2.age" ]; then
  echo "Error: $2 is not in the password store." >&2
  exit 1
fi
exec "\${PASSAGE_AGE:-age}" -d -i "\${PASSAGE_IDENTITIES_FILE:-$HOME/.passage/identities}" "$store/$2.age"
`

interface Passage {
  readonly env: Environment
  put(entry: string, value: string | Uint8Array): Promise<void>
}

async function makePassage(): Promise<Passage> {
  const home = makeFolder()
  const program = put(join(home, 'bin/passage'), STAND_IN)
  chmodSync(program, 0o755)
  const { stdout } = await mustRun(['age-keygen'])
  put(join(home, '.passage/identities'), stdout)
  const [, recipient = ''] = /public key: (\S+)/.exec(stdout.toString()) ?? []
  return {
    env: { HOME: home, PATH: `${join(home, 'bin')}:${PATH}` },
    put: async (entry, value) => {
      const encrypted = await mustRun(['age', '-r', recipient], { input: value })
      put(join(home, '.passage/store', `${entry}.age`), encrypted.stdout)
    },
  }
}

for (const [name, value] of Object.entries(VALUES)) {
  test(`reads ${name} with passage`, async () => {
    const passage = await makePassage()
    await passage.put(SHARED, value)
    const found = await readWith(passwordStoreBackend, NOWHERE, makeContext(passage.env))
    assert.ok(found.equals(value))
  })
}

test('takes passage, as Clan does by default, where both stores have the entry', async () => {
  const passage = await makePassage()
  await passage.put(OWN, 'from passage')
  await insert(OWN, 'from pass')
  const store = join(passEnv['HOME'] ?? '', '.password-store')
  const env = { ...passEnv, ...passage.env, PASSWORD_STORE_DIR: store }
  const found = await readWith(passwordStoreBackend, NOWHERE, makeContext(env))
  assert.is(found.toString(), 'from passage')
})

test('says that passage is missing where its store has the entry', async () => {
  const passage = await makePassage()
  await passage.put(OWN, 'x')
  const context = makeContext({ ...passage.env, PATH: '/nonexistent' })
  const error = await failureOf(readWith(passwordStoreBackend, NOWHERE, context))
  assert.is(error.exit, 'NOPERM')
  assert.is(error.message, `entry "${OWN}": passage is not on PATH`)
})

test('starts no program where no store has the entry', async () => {
  let started = false
  const mayStart = (): Promise<void> => {
    started = true
    return Promise.resolve()
  }
  const context = { ...makeContext(passEnv), mayStart }
  const ref = { ...HOSTNAME, file: 'nothing' }
  assert.is(await passwordStoreBackend.read(NOWHERE, ref, context), null)
  assert.not.ok(started)
})

test.run()
