import { chmodSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'
import { type Identities, parseIdentities } from '../../src/vars/identity-text.ts'
import { sopsBackend } from '../../src/vars/sops.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { FIXTURES, failureOf, makeContext, put, readWith, varPath } from './clan.ts'

const test = suite('vars/identities')

const USER = join(FIXTURES, 'keys/user.txt')
const userFile = readFileSync(USER, 'utf8')
const KEY = userFile.trim().split('\n').at(-1) ?? ''
const RECIPIENT = 'age1p28seeg7ast0tfmtfg3euhcm28gf0nqawledp2lqd7uzpx3knfuq4qusan'
const OTHER_RECIPIENT = 'age1h6tkpx57c9qqedvk3sdexa4y2k6jv46aug0490cgcw97pqk3998sx2yh9w'
const otherKey = await generateX25519Identity()

/** A clan with the fixtures' onion name, which is for two recipients, the user first. */
function makeClan(): string {
  const clan = makeFolder()
  const source = 'clan-sops/vars/per-machine/kestrel/tor_onion/hostname/secret'
  put(varPath(clan, 'secret'), readFileSync(join(FIXTURES, source)))
  return clan
}

const clan = makeClan()

async function expectOpen(env: Record<string, string>): Promise<readonly string[]> {
  const context = makeContext(env)
  assert.match((await readWith(sopsBackend, clan, context)).toString(), /\.onion/)
  assert.not.ok(context.told.join('\n').includes(KEY.slice(20)), 'a key is told')
  return context.told
}

/** A program that writes down how it was called, then prints a file. */
function makeRecorder(prints: string, status = 0): { program: string; record: string } {
  const folder = makeFolder()
  const record = join(folder, 'record')
  const script = `#!/bin/sh\n{ printf '<%s>' "$@"; echo; env; } >>'${record}'\ncat '${prints}'\nexit ${status}\n`
  const program = put(join(folder, 'print key'), script)
  chmodSync(program, 0o755)
  return { program, record }
}

const home = makeFolder()
put(join(home, '.config/sops/age/keys.txt'), userFile)
put(join(home, 'xdg/sops/age/keys.txt'), userFile)

for (const [name, env] of Object.entries({
  SOPS_AGE_KEY: { SOPS_AGE_KEY: KEY },
  'SOPS_AGE_KEY with several in one line': { SOPS_AGE_KEY: `${otherKey} ${KEY}` },
  'SOPS_AGE_KEY with several lines': { SOPS_AGE_KEY: `# mine\r\n${otherKey}\r\n\r\n${KEY}\r\n` },
  SOPS_AGE_KEY_FILE: { SOPS_AGE_KEY_FILE: USER },
  '~/.config/sops/age/keys.txt': { HOME: home },
  '$XDG_CONFIG_HOME/sops/age/keys.txt': { XDG_CONFIG_HOME: join(home, 'xdg') },
  'another place than the first that has some': { SOPS_AGE_KEY: otherKey, HOME: home },
})) {
  test(`finds an identity in ${name}`, async () => {
    assert.equal(await expectOpen(env), [])
  })
}

test('skips what is broken, with a word that does not quote it', async () => {
  const broken = `${KEY.slice(0, 40)}${KEY[40] === 'Q' ? 'P' : 'Q'}${KEY.slice(41)}`
  const text = `${broken}\nage1notasecret\n${KEY} # mine\nAGE-SECRET-KEY-1\n`
  const path = put(join(makeFolder(), 'keys.txt'), text)
  const told = await expectOpen({ SOPS_AGE_KEY_FILE: path })
  assert.equal(
    told,
    [1, 2, 4].map((line) => `${path} line ${line}: not an age identity, skipped`),
  )
})

test('skips files that cannot be read, with a word', async () => {
  const large = put(join(makeFolder(), 'large'), '')
  truncateSync(large, 2 * 1024 * 1024)
  for (const [path, code] of [
    ['/nonexistent', 'ENOENT'],
    [makeFolder(), 'EISDIR'],
    [large, 'EFBIG'],
  ] as const) {
    const told = await expectOpen({ SOPS_AGE_KEY_FILE: path, SOPS_AGE_KEY: KEY })
    assert.equal(told, [`identities in ${path}: ${code}, skipped`])
  }
})

test('runs SOPS_AGE_KEY_CMD without a shell, and tells it the recipient', async () => {
  const { program, record } = makeRecorder(USER)
  const env = {
    SOPS_AGE_KEY_CMD: `"${program}" a\\ b '$(id)' ; "" >x`,
    SOPS_AGE_KEY: otherKey,
    AGE_KEY: otherKey,
    PATH: process.env['PATH'] ?? '',
  }
  await expectOpen(env)
  const written = readFileSync(record, 'utf8')
  assert.is(written.split('\n')[0], '<a b><$(id)><;><><>x>')
  assert.match(written, `SOPS_AGE_RECIPIENT=${RECIPIENT}`)
  assert.not.match(written, otherKey)
  assert.is(written.split('SOPS_AGE_RECIPIENT=').length, 2, 'it ran once')
})

test('asks a command for each recipient until one opens', async () => {
  const { program, record } = makeRecorder(join(FIXTURES, 'keys/user2-and-junk.txt'))
  const env = { SOPS_AGE_KEY_CMD: `'${program}'`, PATH: process.env['PATH'] ?? '' }
  await expectOpen(env)
  const asked = readFileSync(record, 'utf8').match(/SOPS_AGE_RECIPIENT=.*/g)
  assert.equal(
    asked,
    [RECIPIENT, OTHER_RECIPIENT].map((one) => `SOPS_AGE_RECIPIENT=${one}`),
  )
})

test('runs no command when what lies there opens the file', async () => {
  const { program, record } = makeRecorder(USER)
  await expectOpen({ SOPS_AGE_KEY: KEY, SOPS_AGE_KEY_CMD: `'${program}'` })
  assert.not.ok(existsSync(record))
})

test('skips commands that fail, with a word', async () => {
  const { program } = makeRecorder(USER, 3)
  for (const [command, words] of [
    [`'${program}'`, `SOPS_AGE_KEY_CMD: "${program}" ended with 3, skipped`],
    ['not-there-at-all', 'SOPS_AGE_KEY_CMD: "not-there-at-all" is not on PATH, skipped'],
    ["unfinished '", 'SOPS_AGE_KEY_CMD is not a command, skipped'],
    ['   ', 'SOPS_AGE_KEY_CMD is not a command, skipped'],
  ] as const) {
    const context = makeContext({ SOPS_AGE_KEY_CMD: command, PATH: process.env['PATH'] })
    assert.is((await failureOf(readWith(sopsBackend, clan, context))).exit, 'NOPERM')
    assert.is(context.told[0], words)
  }
})

async function makeSshKey(...flags: readonly string[]): Promise<string> {
  const path = join(makeFolder(), 'key')
  await mustRun(['ssh-keygen', '-q', '-C', '', '-f', path, ...flags])
  return readFileSync(path, 'utf8')
}

async function parse(text: string): Promise<Identities & { told: readonly string[] }> {
  const context = makeContext()
  const source = { label: 'here', path: null, text: new Secret(text) }
  return { ...(await parseIdentities(source, context.tell)), told: context.told }
}

async function lock(text: string): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase('secret')
  encrypter.setScryptWorkFactor(4)
  return Buffer.from(await encrypter.encrypt(text)).toString('latin1')
}

const ed25519 = await makeSshKey('-t', 'ed25519', '-N', '')

for (const [name, text, what] of [
  ['a plugin’s', 'AGE-PLUGIN-YUBIKEY-1QQQQQQQQPXQQQ', 'age plugin "yubikey"'],
  [
    'one with a passphrase, armored',
    '-----BEGIN AGE ENCRYPTED FILE-----\nx',
    'identity with a passphrase',
  ],
  ['one with a passphrase, binary', await lock(KEY), 'identity with a passphrase'],
  ['ssh-rsa', await makeSshKey('-t', 'rsa', '-b', '2048', '-N', ''), 'ssh-rsa key'],
  [
    'ssh-rsa in PEM',
    await makeSshKey('-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''),
    'ssh-rsa key',
  ],
  ['ecdsa', await makeSshKey('-t', 'ecdsa', '-N', ''), 'ecdsa-sha2-nistp256 key'],
  [
    'ssh-ed25519 with a passphrase',
    await makeSshKey('-t', 'ed25519', '-N', 'locked'),
    'ssh-ed25519 key with a passphrase',
  ],
  [
    'an SSH key of another format',
    ed25519.replaceAll('OPENSSH ', ''),
    'SSH key of an unknown format',
  ],
  ['an SSH key that ends early', `${ed25519.slice(0, 200)}\n-----END`, 'damaged SSH key'],
] as const) {
  test(`leaves ${name} identity to a program`, async () => {
    const { usable, foreign } = await parse(text)
    assert.is(usable.length, 0)
    assert.equal(
      foreign.map((one) => one.what),
      [what],
    )
  })
}

test('does not print an identity', async () => {
  const { usable, foreign } = await parse(`${KEY}\nAGE-PLUGIN-X-1QQQQQQQQ\n`)
  assert.is(usable.length + foreign.length, 2)
  const printed = JSON.stringify([usable, foreign])
  assert.not.match(printed, 'AGE-')
})

test('never throws at a changed SSH key', async () => {
  const lines = ed25519.trim().split('\n')
  const body = Buffer.from(lines.slice(1, -1).join(''), 'base64')
  for (let at = 0; at < body.length; at += 1) {
    const bytes = Buffer.from(body)
    bytes[at] = (bytes.at(at) ?? 0) ^ 0xff
    const pem = [lines[0], bytes.toString('base64'), lines.at(-1)].join('\n')
    const { usable, foreign } = await parse(pem)
    assert.is(usable.length + foreign.length, 1)
  }
})

test('knows a key by its recipient', async () => {
  assert.is(await identityToRecipient(KEY), RECIPIENT)
})

test.run()
