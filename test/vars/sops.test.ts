import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sopsBackend } from '../../src/vars/sops.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { tool } from '../helpers/tools.ts'
import { FIXTURES, failureOf, makeContext, makeSopsClan, put, readWith, varPath } from './clan.ts'
import { VALUES } from './values.ts'

const test = suite('vars/sops')

const BINARY = ['--input-type', 'binary', '--output-type', 'binary']
const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)
const context = makeContext({ SOPS_AGE_KEY: identity })

/** Encrypted by the real sops, with the flags given. */
async function encrypt(value: Uint8Array, flags: readonly string[]): Promise<Buffer> {
  const folder = makeFolder()
  const path = put(join(folder, 'plain'), value)
  const argv = [tool('sops'), '--encrypt', ...flags, path]
  const options = { env: { HOME: folder, PATH: process.env['PATH'] }, cwd: folder }
  return (await mustRun(argv, options)).stdout
}

function encryptJson(tree: unknown, flags: readonly string[] = []): Promise<Buffer> {
  const types = ['--input-type', 'json', '--output-type', 'json']
  return encrypt(Buffer.from(JSON.stringify(tree)), ['--age', recipient, ...types, ...flags])
}

async function makeSshKey(type: string, passphrase = ''): Promise<string> {
  const path = join(makeFolder(), 'key')
  await mustRun(['ssh-keygen', '-q', '-t', type, '-N', passphrase, '-C', 'a comment', '-f', path])
  return path
}

async function encryptForSsh(key: string): Promise<string> {
  const value = Buffer.from('for ssh')
  return makeSopsClan(
    await encrypt(value, ['--age', readFileSync(`${key}.pub`, 'utf8'), ...BINARY]),
  )
}

for (const [name, value] of Object.entries(VALUES)) {
  test(`opens ${name}`, async () => {
    const clan = makeSopsClan(await encrypt(value, ['--age', recipient, ...BINARY]))
    assert.ok((await readWith(sopsBackend, clan, context)).equals(value))
  })
}

test('opens an empty value, which only the MAC speaks for', async () => {
  const clan = makeSopsClan(await encryptJson({ data: '' }))
  assert.is((await readWith(sopsBackend, clan, context)).length, 0)
})

test('opens with the identity of each of several recipients', async () => {
  const identities = await Promise.all([1, 2, 3].map(() => generateX25519Identity()))
  const recipients = await Promise.all(identities.map((each) => identityToRecipient(each)))
  const flags = ['--age', recipients.join(','), ...BINARY]
  const clan = makeSopsClan(await encrypt(Buffer.from('three'), flags))
  for (const each of identities) {
    const found = await readWith(sopsBackend, clan, makeContext({ SOPS_AGE_KEY: each }))
    assert.is(found.toString(), 'three')
  }
})

test('opens with a post-quantum identity', async () => {
  const hybrid = await generateHybridIdentity()
  const flags = ['--age', await identityToRecipient(hybrid), ...BINARY]
  const clan = makeSopsClan(await encrypt(Buffer.from('later'), flags))
  const found = await readWith(sopsBackend, clan, makeContext({ SOPS_AGE_KEY: hybrid }))
  assert.is(found.toString(), 'later')
  const { message } = await failureOf(readWith(sopsBackend, clan, context))
  assert.ok(message.length < 400, 'a recipient of 2000 characters is shortened')
})

test('opens with an ssh-ed25519 key, named or at its usual place', async () => {
  const key = await makeSshKey('ed25519')
  const clan = await encryptForSsh(key)
  const home = makeFolder()
  put(join(home, '.ssh/id_ed25519'), readFileSync(key))
  for (const env of [{ SOPS_AGE_SSH_PRIVATE_KEY_FILE: key }, { HOME: home }]) {
    const found = await readWith(sopsBackend, clan, makeContext(env))
    assert.is(found.toString(), 'for ssh')
  }
})

for (const [type, passphrase, words] of [
  ['rsa', '', 'ssh-rsa key'],
  ['ed25519', 'locked', 'ssh-ed25519 key with a passphrase'],
] as const) {
  test(`says that it cannot use an ${words} without sops`, async () => {
    const key = await makeSshKey(type, passphrase)
    const clan = await encryptForSsh(key)
    const told = makeContext({ SOPS_AGE_SSH_PRIVATE_KEY_FILE: key })
    const error = await failureOf(readWith(sopsBackend, clan, told))
    assert.is(error.exit, 'NOPERM')
    assert.match(error.message, `only sops opens ${words}, and it is not on PATH`)
    assert.match(told.told.join('\n'), words)
  })
}

test('has the user’s sops open what is for an ssh-rsa key', async () => {
  const key = await makeSshKey('rsa')
  const clan = await encryptForSsh(key)
  const env = { SOPS_AGE_SSH_PRIVATE_KEY_FILE: key, PATH: join(tool('sops'), '..') }
  const found = await readWith(sopsBackend, clan, makeContext(env))
  assert.is(found.toString(), 'for ssh')
})

test('does not start sops for an ssh-rsa key that the file is not for', async () => {
  const key = await makeSshKey('rsa')
  const clan = makeSopsClan(await encrypt(Buffer.from('x'), ['--age', recipient, ...BINARY]))
  const error = await failureOf(
    readWith(sopsBackend, clan, makeContext({ SOPS_AGE_SSH_PRIVATE_KEY_FILE: key })),
  )
  assert.match(error.message, 'no age identity was found')
})

const TREE = {
  data: 'the value',
  list: ['a', 'b', { deep: 'c' }],
  number: 17,
  float: 0.25,
  yes: true,
  no: false,
  nothing: null,
  empty: '',
  text_unencrypted: 'in clear',
}

const TREES: Readonly<Record<string, readonly string[]>> = {
  'beside other values': [],
  'with a MAC of encrypted values only': ['--mac-only-encrypted'],
  'with a suffix for what stays in clear': ['--unencrypted-suffix', 'er'],
  'with a suffix for what is encrypted': ['--encrypted-suffix', 'ata'],
  'with that suffix and such a MAC': ['--encrypted-suffix', 'ata', '--mac-only-encrypted'],
}

for (const [name, flags] of Object.entries(TREES)) {
  test(`opens data ${name}`, async () => {
    const clan = makeSopsClan(await encryptJson(TREE, flags))
    assert.is((await readWith(sopsBackend, clan, context)).toString(), 'the value')
  })
}

test('refuses another value that was changed, though data is sound', async () => {
  for (const flags of [[], ['--unencrypted-suffix', 'er']]) {
    const file = JSON.parse((await encryptJson(TREE, flags)).toString())
    const clan = makeSopsClan(JSON.stringify({ ...file, list: [...file.list].reverse() }))
    assert.is((await failureOf(readWith(sopsBackend, clan, context))).exit, 'DATAERR')
    const other = makeSopsClan(JSON.stringify({ ...file, text_unencrypted: 'changed' }))
    assert.is((await failureOf(readWith(sopsBackend, other, context))).exit, 'DATAERR')
  }
})

test('refuses data that stands in clear', async () => {
  const clan = makeSopsClan(await encryptJson(TREE, ['--unencrypted-suffix', 'data']))
  const error = await failureOf(readWith(sopsBackend, clan, context))
  assert.is(error.exit, 'DATAERR')
  assert.match(error.message, 'in clear')
})

test('leaves rules with regular expressions to the user’s sops', async () => {
  const clan = makeSopsClan(await encryptJson(TREE, ['--encrypted-regex', '^data$']))
  const error = await failureOf(readWith(sopsBackend, clan, context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'only sops opens encrypted_regex')
  const env = { SOPS_AGE_KEY: identity, PATH: join(tool('sops'), '..') }
  assert.is((await readWith(sopsBackend, clan, makeContext(env))).toString(), 'the value')
})

test('refuses key groups', async () => {
  const folder = makeFolder()
  const groups = [{ age: [recipient] }, { age: [recipient] }]
  const rules = { creation_rules: [{ shamir_threshold: 2, key_groups: groups }] }
  const config = put(join(folder, 'config.yaml'), JSON.stringify(rules))
  const path = put(join(folder, 'plain'), 'x')
  const argv = [tool('sops'), '--config', config, 'encrypt', ...BINARY, path]
  const { stdout } = await mustRun(argv, { env: { HOME: folder, PATH: process.env['PATH'] } })
  const error = await failureOf(readWith(sopsBackend, makeSopsClan(stdout), context))
  assert.is(error.exit, 'DATAERR')
  assert.match(error.message, 'key groups')
})

test('opens an older file, with null for the kinds of keys that it does not use', async () => {
  const clan = makeFolder()
  const heron = 'clan-sops/vars/per-machine/heron/tor_onion/hostname/secret'
  put(varPath(clan, 'secret'), readFileSync(join(FIXTURES, heron)))
  const env = { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys/user2-and-junk.txt') }
  assert.match((await readWith(sopsBackend, clan, makeContext(env))).toString(), /\.onion\n*$/)
})

test('reads a shared var where the machine has none of its own', async () => {
  const secret = await encrypt(Buffer.from('shared'), ['--age', recipient, ...BINARY])
  const clan = makeFolder()
  put(join(clan, 'vars/shared/tor_tor/hostname/secret'), secret)
  assert.is((await readWith(sopsBackend, clan, context)).toString(), 'shared')
  const own = await encrypt(Buffer.from('own'), ['--age', recipient, ...BINARY])
  put(varPath(clan, 'secret'), own)
  assert.is((await readWith(sopsBackend, clan, context)).toString(), 'own')
})

test('holds nothing of a var that it does not know', async () => {
  const ref = { machine: 'web', generator: 'tor_tor', file: 'hostname' }
  assert.is(await sopsBackend.read(makeFolder(), ref, context), null)
})

test('says for whom the file is, and where an identity belongs', async () => {
  const clan = makeSopsClan(await encrypt(Buffer.from('x'), ['--age', recipient, ...BINARY]))
  const other = await generateX25519Identity()
  const env = { SOPS_AGE_KEY: other, HOME: '/home/me' }
  const error = await failureOf(readWith(sopsBackend, clan, makeContext(env)))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, `is encrypted for ${recipient}`)
  assert.match(error.message, 'the one age identity found does not open it')
  assert.match(error.hint ?? '', 'sops/age/keys.txt')
})

test.run()
