import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ageBackend } from '../../src/vars/age.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { failureOf, HOSTNAME, makeContext, put, readWith, visible } from './clan.ts'
import { VALUES } from './values.ts'

const test = suite('vars/age')

const random = new Random('vars/age')
const OWN = 'secrets/clan-vars/per-machine/web/tor_tor/hostname/hostname.age'
const SHARED = 'secrets/clan-vars/shared/tor_tor/hostname/hostname.age'

interface Key {
  readonly identity: string
  readonly recipient: string
}

async function makeKey(): Promise<Key> {
  const { stdout } = await mustRun(['age-keygen'])
  const [, recipient = ''] = /# public key: (\S+)/.exec(stdout.toString()) ?? []
  return { identity: stdout.toString(), recipient }
}

/** Encrypted by the real age as Clan has it done. */
async function encrypt(value: Uint8Array | string, recipients: readonly string[]): Promise<Buffer> {
  const flags = recipients.flatMap((recipient) => ['-r', recipient])
  return (await mustRun(['age', '--armor', ...flags], { input: value })).stdout
}

const user = await makeKey()
const context = makeContext({ AGE_KEY: user.identity })

/** Gives a machine a key that the user opens, as `clan vars generate` does. */
async function addMachine(clan: string, machine: string, users = [user.recipient]): Promise<Key> {
  const key = await makeKey()
  const folder = join(clan, 'secrets/age-keys/machines', machine)
  put(join(folder, 'pub'), key.recipient)
  put(join(folder, 'key.age'), await encrypt(key.identity, users))
  put(join(folder, 'key.age.recipients'), `${users.join('\n')}\n`)
  return key
}

/** A clan with one machine, and its var encrypted to that machine. */
async function makeClan(value: Uint8Array | string): Promise<string> {
  const clan = makeFolder()
  const { recipient } = await addMachine(clan, 'web')
  put(join(clan, OWN), await encrypt(value, [recipient]))
  return clan
}

for (const [name, value] of Object.entries({ ...VALUES, nothing: Buffer.alloc(0) })) {
  test(`opens ${name} by the machine’s key`, async () => {
    const clan = await makeClan(value)
    assert.ok((await readWith(ageBackend, clan, context)).equals(value))
  })
}

test('opens a file that is not armored', async () => {
  const clan = makeFolder()
  const { stdout } = await mustRun(['age', '-r', user.recipient], { input: 'binary' })
  put(join(clan, OWN), stdout)
  assert.is((await readWith(ageBackend, clan, context)).toString(), 'binary')
})

test('opens what is not deployed by the user’s own identity', async () => {
  const clan = makeFolder()
  await addMachine(clan, 'web')
  put(join(clan, OWN), await encrypt('mine', [user.recipient]))
  assert.is((await readWith(ageBackend, clan, context)).toString(), 'mine')
})

for (const [name, recipientsFile] of [
  ['and knows which', true],
  ['and tries', false],
] as const) {
  test(`opens a shared var by another machine’s key, ${name}`, async () => {
    const clan = makeFolder()
    for (const machine of ['aa', 'web', 'zz']) await addMachine(clan, machine)
    const { recipient } = await addMachine(clan, 'mm')
    put(join(clan, SHARED), await encrypt('shared', [recipient]))
    if (recipientsFile) put(join(clan, `${SHARED}.recipients`), `${recipient}\n`)
    assert.is((await readWith(ageBackend, clan, context)).toString(), 'shared')
  })
}

test('opens a shared var though another machine’s key is damaged or for others', async () => {
  const clan = makeFolder()
  const stranger = await makeKey()
  await addMachine(clan, 'aa', [stranger.recipient])
  put(join(clan, 'secrets/age-keys/machines/bb/key.age'), 'damaged')
  const { recipient } = await addMachine(clan, 'cc')
  put(join(clan, SHARED), await encrypt('shared', [recipient]))
  assert.is((await readWith(ageBackend, clan, context)).toString(), 'shared')
})

test('does not take the machine "shared" for a shared var', async () => {
  const clan = makeFolder()
  const { recipient } = await addMachine(clan, 'other')
  const ref = { ...HOSTNAME, machine: 'shared' }
  put(join(clan, OWN.replace('web', 'shared')), await encrypt('x', [recipient]))
  const error = await failureOf(Promise.resolve(ageBackend.read(clan, ref, context)))
  assert.is(error.exit, 'NOPERM')
})

for (const [name, place] of Object.entries({
  AGE_KEYFILE: null,
  '~/.config/age/identities': '.config/age/identities',
  '~/.config/sops/age/keys.txt': '.config/sops/age/keys.txt',
  '~/.age/key.txt': '.age/key.txt',
})) {
  test(`finds the identity in ${name}`, async () => {
    const home = makeFolder()
    const path = put(join(home, place ?? 'anywhere'), user.identity)
    const env = place === null ? { AGE_KEYFILE: path } : { HOME: home }
    const clan = await makeClan('found')
    assert.is((await readWith(ageBackend, clan, makeContext(env))).toString(), 'found')
  })
}

test('finds the right one of several identities at several places', async () => {
  const home = makeFolder()
  put(join(home, '.config/age/identities'), (await makeKey()).identity)
  put(join(home, '.age/key.txt'), `# two\n\n${(await makeKey()).identity}\r\n${user.identity}`)
  const env = { HOME: home, AGE_KEY: (await makeKey()).identity, AGE_KEYFILE: '/nonexistent' }
  const told = makeContext(env)
  assert.is((await readWith(ageBackend, await makeClan('found'), told)).toString(), 'found')
  assert.equal(told.told, ['identities in /nonexistent: ENOENT, skipped'])
})

test('opens with an ssh-ed25519 key as the user’s identity', async () => {
  const key = join(makeFolder(), 'key')
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', key])
  const clan = makeFolder()
  const { recipient } = await addMachine(clan, 'web', [readFileSync(`${key}.pub`, 'utf8').trim()])
  put(join(clan, OWN), await encrypt('by ssh', [recipient]))
  const told = makeContext({ AGE_KEYFILE: key })
  assert.is((await readWith(ageBackend, clan, told)).toString(), 'by ssh')
})

test('has the user’s age open what is for an ssh-rsa key, and says so without it', async () => {
  const key = join(makeFolder(), 'key')
  await mustRun(['ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', key])
  const clan = makeFolder()
  const { recipient } = await addMachine(clan, 'web', [readFileSync(`${key}.pub`, 'utf8').trim()])
  put(join(clan, OWN), await encrypt('by rsa', [recipient]))
  const env = { AGE_KEYFILE: key, PATH: process.env['PATH'] }
  assert.is((await readWith(ageBackend, clan, makeContext(env))).toString(), 'by rsa')
  const error = await failureOf(readWith(ageBackend, clan, makeContext({ AGE_KEYFILE: key })))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, `ssh-rsa key of ${key} needs age, which is not on PATH`)
})

test('says for whom the machine’s key is', async () => {
  const error = await failureOf(
    readWith(ageBackend, await makeClan('x'), makeContext({ AGE_KEY: (await makeKey()).identity })),
  )
  assert.is(error.exit, 'NOPERM')
  assert.match(
    error.message,
    `machines/web/key.age is encrypted for ${user.recipient}; the one age`,
  )
  assert.match(error.hint ?? '', '.config/age/identities')
})

test('says that the machine’s key is missing', async () => {
  const clan = makeFolder()
  put(join(clan, OWN), await encrypt('x', [(await makeKey()).recipient]))
  const error = await failureOf(readWith(ageBackend, clan, makeContext()))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'needs the key of machine "web", which is not there; no age identity')
})

test('holds nothing of a var that it does not know', async () => {
  const clan = await makeClan('x')
  assert.is(await ageBackend.read(clan, { ...HOSTNAME, file: 'other' }, context), null)
})

const VALUE = 'abcdefghijklmnopqrstuvwxyz234567.onion'

async function expectRefusal(clan: string): Promise<void> {
  const error = await failureOf(readWith(ageBackend, clan, context))
  assert.ok(['DATAERR', 'NOPERM'].includes(error.exit), `${error.exit}: ${error.message}`)
  for (const secret of [VALUE, user.identity.trim().slice(-40)]) {
    assert.not.ok(visible(error).includes(secret), 'a secret is to be seen')
  }
}

for (const [name, path] of [
  ['the secret', OWN],
  ['the machine’s key', 'secrets/age-keys/machines/web/key.age'],
] as const) {
  test(`refuses ${name} with one letter changed, wherever it is`, async () => {
    const clan = await makeClan(VALUE)
    const sound = readFileSync(join(clan, path))
    const end = sound.toString('latin1').trimEnd().length
    for (let count = 0; count < 60; count += 1) {
      const bytes = Buffer.from(sound)
      const at = random.below(end)
      bytes[at] = bytes.at(at) === 0x41 ? 0x42 : 0x41
      put(join(clan, path), bytes)
      await expectRefusal(clan)
    }
  })

  test(`refuses ${name} that ends early, wherever it does`, async () => {
    const clan = await makeClan(VALUE)
    const sound = readFileSync(join(clan, path))
    const end = sound.toString('latin1').trimEnd().length
    for (let count = 0; count < 60; count += 1) {
      put(join(clan, path), sound.subarray(0, random.below(end)))
      await expectRefusal(clan)
    }
  })
}

test('refuses a binary file that is changed or ends early, wherever it is', async () => {
  const clan = makeFolder()
  const { stdout } = await mustRun(['age', '-r', user.recipient], { input: VALUE })
  for (let at = 0; at < stdout.length; at += 1 + random.below(4)) {
    const bytes = Buffer.from(stdout)
    bytes[at] = (bytes.at(at) ?? 0) ^ (1 + random.below(255))
    put(join(clan, OWN), bytes)
    await expectRefusal(clan)
    put(join(clan, OWN), stdout.subarray(0, at))
    await expectRefusal(clan)
  }
})

test('refuses a machine’s key that holds something else', async () => {
  const clan = await makeClan(VALUE)
  const path = join(clan, 'secrets/age-keys/machines/web/key.age')
  put(path, await encrypt('AGE-SECRET-KEY-1BROKEN\nsomething\n', [user.recipient]))
  const told = makeContext({ AGE_KEY: user.identity })
  assert.is((await failureOf(readWith(ageBackend, clan, told))).exit, 'NOPERM')
  assert.match(told.told.join('\n'), 'key.age line 1: not an age identity, skipped')
  assert.not.match(told.told.join('\n'), 'BROKEN')
})

test.run()
