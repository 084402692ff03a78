import { chmodSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Environment } from '../../src/vars/backend.ts'
import { sopsBackend } from '../../src/vars/sops.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { tool } from '../helpers/tools.ts'
import { FIXTURES, failureOf, makeContext, makeSopsClan, put, readWith, visible } from './clan.ts'
import { makeGpgHome } from './gpg.ts'
import { VALUES } from './values.ts'

const test = suite('vars/sops-program')

const PATH = process.env['PATH'] ?? ''
const WITH_SOPS = `${join(tool('sops'), '..')}:${PATH}`
const gpgEnv: Environment = { ...(await makeGpgHome('byway test')), PATH: WITH_SOPS }
const fingerprint = await findFingerprint()

async function findFingerprint(): Promise<string> {
  const { stdout } = await mustRun(['gpg', '--with-colons', '--list-keys'], { env: { ...gpgEnv } })
  return /^fpr:+([0-9A-F]{40}):$/m.exec(stdout.toString())?.[1] ?? ''
}

async function encryptForGpg(value: Uint8Array): Promise<Buffer> {
  const path = put(join(makeFolder(), 'plain'), value)
  const types = ['--input-type', 'binary', '--output-type', 'binary']
  const argv = [tool('sops'), 'encrypt', '--pgp', fingerprint, ...types, path]
  return (await mustRun(argv, { env: { ...gpgEnv } })).stdout
}

for (const [name, value] of Object.entries(VALUES)) {
  test(`has sops and gpg open ${name}`, async () => {
    const clan = makeSopsClan(await encryptForGpg(value))
    assert.ok((await readWith(sopsBackend, clan, makeContext(gpgEnv))).equals(value))
  })
}

const forGpg = await encryptForGpg(Buffer.from('for gpg'))

test('says that sops and gpg are needed where sops is not there', async () => {
  const error = await failureOf(readWith(sopsBackend, makeSopsClan(forGpg)))
  assert.is(error.exit, 'NOPERM')
  assert.match(
    error.message,
    `is encrypted for pgp ${fingerprint}; only sops opens pgp (through gpg)`,
  )
})

test('says what sops says where gpg has no such key', async () => {
  const empty = makeFolder()
  chmodSync(empty, 0o700)
  const context = makeContext({ ...gpgEnv, GNUPGHOME: empty })
  const error = await failureOf(readWith(sopsBackend, makeSopsClan(forGpg), context))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, `is encrypted for pgp ${fingerprint}; sops ended with status 128: `)
  assert.match(error.hint ?? '', 'gpg --list-secret-keys')
})

test('says it of the fixture that only gpg opens', async () => {
  const path = 'clan-sops/vars/per-machine/pgponly/tor_onion/hostname/secret'
  const clan = makeSopsClan(readFileSync(join(FIXTURES, path)))
  const error = await failureOf(readWith(sopsBackend, clan, makeContext(gpgEnv)))
  assert.is(error.exit, 'NOPERM')
  assert.match(error.message, 'is encrypted for pgp 0000000000000000000000000000000000000000; sops')
})

const DAMAGES: Readonly<Record<string, (text: string) => string>> = {
  'its data': (text) => text.replace(/"data": "ENC\[AES256_GCM,data:./, '$&A'),
  'its MAC': (text) => text.replace(/("mac": "ENC.*tag:)../, '$1AA'),
  'its time': (text) => text.replace(/("lastmodified": "20)../, '$101'),
}

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`takes sops' word for it that ${name} was tampered with`, async () => {
    const damaged = damage(forGpg.toString())
    assert.is.not(damaged, forGpg.toString())
    const clan = makeSopsClan(damaged)
    const error = await failureOf(readWith(sopsBackend, clan, makeContext(gpgEnv)))
    assert.is(error.exit, 'DATAERR')
    assert.not.match(visible(error), 'for gpg')
  })
}

test('gives sops the file and its types, and nothing secret', async () => {
  const folder = makeFolder()
  const record = join(folder, 'record')
  const script = `#!/bin/sh\n{ printf '<%s>' "$@"; echo; env; } >'${record}'\nprintf 'AGE-SECRET-KEY-1QQ in a\\n\\033[31mmessage' >&2\nexit 128\n`
  const program = put(join(folder, 'sops'), script)
  chmodSync(program, 0o755)
  for (const name of ['sh', 'env']) symlinkSync(`/bin/${name}`, join(folder, name))
  const clan = makeSopsClan(forGpg)
  const context = makeContext({ SOPS_AGE_KEY_FILE: '/nonexistent', PATH: folder })
  const error = await failureOf(readWith(sopsBackend, clan, context))
  assert.match(error.message, 'sops ended with status 128: [secret] in a [31mmessage')
  const [argv, ...env] = readFileSync(record, 'utf8').trim().split('\n')
  const file = `${clan}/vars/per-machine/web/tor_tor/hostname/secret`
  assert.is(argv, `<--decrypt><--input-type><binary><--output-type><binary><${file}>`)
  const names = env
    .map((line) => line.split('=')[0] ?? '')
    .filter((name) => !/^(PWD|_|OLDPWD|SHLVL)$/.test(name))
  assert.equal(names.sort(), ['HOME', 'PATH', 'SOPS_AGE_KEY_FILE'])
})

test.run()
