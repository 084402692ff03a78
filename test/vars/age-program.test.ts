import { createHash } from 'node:crypto'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Encrypter, generateX25519Identity, identityToRecipient, Stanza } from 'age-encryption'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ageBackend } from '../../src/vars/age.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Running, start } from '../helpers/program.ts'
import { failureOf, makeContext, put, readWith, visible } from './clan.ts'

const test = suite('vars/age-program')

const PATH = process.env['PATH'] ?? ''
const OWN = 'secrets/clan-vars/per-machine/web/tor_tor/hostname/hostname.age'
const MACHINE_KEY = 'secrets/age-keys/machines/web/key.age'
const VALUE = 'abcdefghijklmnopqrstuvwxyz234567.onion'
const PASSPHRASE = 'correct horse'
const PLUGIN_IDENTITY = 'AGE-PLUGIN-BYWAYTEST-1QYPQXAU8Z20'

/** Any recipient that age-encryption takes. */
type Recipient = Parameters<Encrypter['addRecipient']>[0]

function encrypt(value: string, recipient: Recipient): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(value)
}

/** A clan whose machine's key is for this recipient, and whose var is for the machine. */
async function makeClan(recipient: Recipient): Promise<string> {
  const clan = makeFolder()
  const machine = await generateX25519Identity()
  put(join(clan, MACHINE_KEY), await encrypt(`# machine\n${machine}\n`, recipient))
  put(join(clan, OWN), await encrypt(VALUE, await identityToRecipient(machine)))
  return clan
}

const user = await generateX25519Identity()
const userRecipient = await identityToRecipient(user)

async function lock(identity: string): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase(PASSPHRASE)
  encrypter.setScryptWorkFactor(10)
  return put(join(makeFolder(), 'identities'), await encrypter.encrypt(identity))
}

const locked = await lock(user)

/** A token's recipient: see `age-plugin.ts`. */
const tokenRecipient = {
  wrapFileKey: (fileKey: Uint8Array) => [new Stanza(['byway-test'], fileKey)],
}

/** A folder with the plugin, as age looks it up on the PATH. */
function makePlugin(): string {
  const folder = makeFolder()
  const source = fileURLToPath(new URL('./age-plugin.ts', import.meta.url))
  const loader = import.meta.resolve('tsx')
  const script = `#!/bin/sh\nexec '${process.execPath}' --import '${loader}' '${source}'\n`
  chmodSync(put(join(folder, 'age-plugin-bywaytest'), script), 0o755)
  return folder
}

for (const [name, env] of [
  ['in a file', { AGE_KEYFILE: put(join(makeFolder(), 'keys'), `# token\n${PLUGIN_IDENTITY}\n`) }],
  ['in a variable', { AGE_KEY: PLUGIN_IDENTITY }],
] as const) {
  test(`has the real age and a plugin open what is for an identity ${name}`, async () => {
    const clan = await makeClan(tokenRecipient)
    const context = makeContext({ ...env, PATH: `${makePlugin()}:${PATH}` })
    assert.is((await readWith(ageBackend, clan, context)).toString(), VALUE)
  })
}

test('has it open a var that is for the user', async () => {
  const clan = makeFolder()
  put(join(clan, OWN), await encrypt(VALUE, tokenRecipient))
  const context = makeContext({ AGE_KEY: PLUGIN_IDENTITY, PATH: `${makePlugin()}:${PATH}` })
  assert.is((await readWith(ageBackend, clan, context)).toString(), VALUE)
})

test('says that the plugin is missing', async () => {
  const context = makeContext({ AGE_KEY: PLUGIN_IDENTITY, PATH })
  const error = await failureOf(readWith(ageBackend, await makeClan(tokenRecipient), context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'key.age: age plugin "bywaytest" of AGE_KEY needs age, which ended')
  assert.match(error.message, 'age-plugin-bywaytest')
  assert.not.match(visible(error), PLUGIN_IDENTITY)
})

test('says that age is missing', async () => {
  const context = makeContext({ AGE_KEY: PLUGIN_IDENTITY })
  const error = await failureOf(readWith(ageBackend, await makeClan(tokenRecipient), context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'needs age, which is not on PATH')
  assert.is(error.hint, 'install age')
})

test('says for whom it is when the plugin has no such key', async () => {
  const context = makeContext({ AGE_KEY: PLUGIN_IDENTITY, PATH: `${makePlugin()}:${PATH}` })
  const clan = await makeClan(userRecipient)
  put(join(clan, `${MACHINE_KEY}.recipients`), `${userRecipient}\n`)
  const error = await failureOf(readWith(ageBackend, clan, context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, `is encrypted for ${userRecipient}; no age identity was found`)
})

test('starts no age where a native identity opens the file', async () => {
  const mayStart = (): Promise<void> => Promise.reject(new Error('started'))
  const keys = put(join(makeFolder(), 'keys'), `${PLUGIN_IDENTITY}\n${user}\n`)
  const context = { ...makeContext({ AGE_KEYFILE: keys }), mayStart }
  assert.is((await readWith(ageBackend, await makeClan(userRecipient), context)).toString(), VALUE)
})

test('gives age the identity and the file, and a key on stdin only', async () => {
  const folder = makeFolder()
  const record = join(folder, 'record')
  const script = `#!/bin/sh\n{ printf '<%s>' "$@"; echo; env; echo ----; cat; } >'${record}'\nexit 1\n`
  chmodSync(put(join(folder, 'age'), script), 0o755)
  const clan = await makeClan(tokenRecipient)
  const env = { AGE_KEY: PLUGIN_IDENTITY, SOPS_AGE_KEY: user, PATH: `${folder}:${PATH}` }
  await failureOf(readWith(ageBackend, clan, makeContext(env)))
  const [seen = '', input] = readFileSync(record, 'utf8').split('----\n')
  assert.is(seen.split('\n')[0], `<--decrypt><--identity><-><${clan}/${MACHINE_KEY}>`)
  assert.not.match(seen, /AGE-/)
  assert.is(input, PLUGIN_IDENTITY)
})

/** Reads the var in a process of its own, which the test starts in a session of its own. */
function readElsewhere(clan: string, inTerminal: boolean): Running {
  const program = fileURLToPath(new URL('./read-var.ts', import.meta.url))
  const argv = [process.execPath, '--import', 'tsx', program, clan]
  const terminal = ['script', '--quiet', '--return', '--command', argv.join(' '), '/dev/null']
  const env = { HOME: '/nonexistent', PATH, AGE_KEYFILE: locked, TERM: 'dumb' }
  return start(inTerminal ? terminal : argv, { env })
}

/** Reads it in one that has a terminal, at which somebody types. */
async function readAtTerminal(clan: string, typed: string): Promise<string> {
  const running = readElsewhere(clan, true)
  await running.says('passphrase')
  running.child.stdin.write(`${typed}\n`)
  await running.result
  return running.heard()
}

test('lets age ask for the passphrase of an identity on the terminal', async () => {
  const heard = await readAtTerminal(await makeClan(userRecipient), PASSPHRASE)
  assert.match(heard, `sha256 ${createHash('sha256').update(VALUE).digest('hex')}`)
})

test('says that the passphrase is wrong, and asks once', async () => {
  const heard = await readAtTerminal(await makeClan(userRecipient), 'wrong')
  assert.match(heard, /error .*needs age, which ended with status 1: .*incorrect passphrase/)
})

test('says without a terminal that age cannot ask', async () => {
  const running = readElsewhere(await makeClan(userRecipient), false)
  await running.result
  const wanted = `error .*identity with a passphrase of ${locked} needs age, which ended with status 1`
  assert.match(running.heard(), new RegExp(wanted))
})

test.run()
