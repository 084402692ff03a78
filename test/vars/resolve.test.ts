import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveVar } from '../../src/vars/resolve.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { FIXTURES, failureOf, HOSTNAME, makeContext, put, varPath } from './clan.ts'

const test = suite('vars/resolve')

const USER = join(FIXTURES, 'keys/user.txt')
const ONION = { machine: 'kestrel', generator: 'tor_onion', file: 'hostname' }
const TOKEN = { machine: 'heron', generator: 'demo-shared', file: 'token' }
const context = makeContext({ SOPS_AGE_KEY_FILE: USER, AGE_KEYFILE: USER })

for (const [name, clan, ref, wanted] of [
  [
    'a public var',
    'clan-sops',
    { ...ONION, machine: 'wren', generator: 'mycelium', file: 'ip' },
    /^5f3:/,
  ],
  [
    'a shared public var',
    'clan-sops',
    { ...ONION, generator: 'zerotier-ip-kestrel-mesh', file: 'ip' },
    /^fdab:/,
  ],
  ['a sops var', 'clan-sops', ONION, /^[a-z2-7]{56}\.onion$/],
  ['a shared sops var', 'clan-sops', TOKEN, /^shared-secret$/],
  ['an age var by its machine’s key', 'clan-age', ONION, /^[a-z2-7]{56}\.onion$/],
  [
    'an age var by the user’s identity',
    'clan-age',
    { ...ONION, machine: 'heron' },
    /^[a-z2-7]{56}\.onion$/,
  ],
  ['a shared age var by any machine’s key', 'clan-age', TOKEN, /^shared-secret$/],
] as const) {
  test(`gives ${name}`, async () => {
    const secret = await resolveVar(join(FIXTURES, clan), ref, context)
    assert.match(secret.reveal(), wanted)
    assert.is(`${secret}`, '[secret]')
  })
}

for (const [machine, identity, exit, words] of [
  ['heron', 'user.txt', 'NOPERM', 'is encrypted for age1h6tkpx'],
  ['kestrel', 'not-a-recipient.txt', 'NOPERM', 'the one age identity found does not open it'],
  ['wren', 'user.txt', 'DATAERR', 'MAC'],
  ['pgponly', 'user.txt', 'NOPERM', 'only sops opens pgp (through gpg), and it is not on PATH'],
] as const) {
  test(`refuses ${machine}’s onion name with ${identity}`, async () => {
    const env = { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys', identity) }
    const resolving = resolveVar(
      join(FIXTURES, 'clan-sops'),
      { ...ONION, machine },
      makeContext(env),
    )
    const error = await failureOf(resolving)
    assert.is(error.exit, exit)
    assert.ok(error.message.includes(words), error.message)
    assert.ok(error.message.includes(`per-machine/${machine}/tor_onion/hostname/secret`))
  })
}

test('takes a public value before a secret one', async () => {
  const clan = makeFolder()
  put(varPath(clan, 'secret'), 'not read')
  put(varPath(clan, 'value'), 'public\n')
  assert.is((await resolveVar(clan, HOSTNAME, makeContext())).reveal(), 'public')
})

for (const [name, content, wanted] of [
  ['without a newline', 'a.example', 'a.example'],
  ['one newline', 'a.example\n', 'a.example'],
  ['several newlines of both kinds', 'a.example\r\n\n\r\n', 'a.example'],
  ['newlines within, and blanks', ' a\nb \n', ' a\nb '],
  ['unicode', 'zürich.example\n', 'zürich.example'],
] as const) {
  test(`takes the newlines at the end away: ${name}`, async () => {
    const clan = makeFolder()
    put(varPath(clan, 'value'), content)
    assert.is((await resolveVar(clan, HOSTNAME, makeContext())).reveal(), wanted)
  })
}

for (const [name, content, words] of [
  ['empty', '', 'is empty'],
  ['empty but for newlines', '\n\r\n', 'is empty'],
  ['no text', Buffer.from('ff00fe', 'hex'), 'is not text in UTF-8'],
] as const) {
  test(`refuses a value that is ${name}`, async () => {
    const clan = makeFolder()
    put(varPath(clan, 'value'), content)
    const error = await failureOf(resolveVar(clan, HOSTNAME, makeContext()))
    assert.is(error.exit, 'DATAERR')
    assert.match(error.message, words)
  })
}

test('says of a var that is nowhere that it is to be generated and deployed', async () => {
  const error = await failureOf(resolveVar(makeFolder(), HOSTNAME, makeContext()))
  assert.is(error.exit, 'NOINPUT')
  assert.match(error.message, 'var "web/tor_tor/hostname" does not exist: not generated, or not')
  assert.is(error.hint, 'deploy first: clan machines update web')
})

test('says that no clan directory is known', async () => {
  const error = await failureOf(resolveVar(null, HOSTNAME, makeContext()))
  assert.is(error.exit, 'NOINPUT')
  assert.match(error.hint ?? '', '--flake')
})

test('stops when its signal has aborted', async () => {
  const reason = new Error('the race is decided')
  const aborted = makeContext({}, AbortSignal.abort(reason))
  const thrown = await resolveVar(makeFolder(), HOSTNAME, aborted).catch((error) => error)
  assert.is(thrown, reason)
})

/** What is loaded with the entry of a bundle, before any `import()` is reached. */
function listEager({ outputs }: Metafile): readonly string[] {
  const [entry = ''] = Object.keys(outputs).filter((path) => /\bresolve\.js$/.test(path))
  const paths = new Set([entry])
  for (const path of paths) {
    const imports = outputs[path]?.imports ?? []
    for (const next of imports) if (next.kind === 'import-statement') paths.add(next.path)
  }
  return [...paths].flatMap((path) => [path, ...Object.keys(outputs[path]?.inputs ?? {})])
}

test('loads no cryptography for a public var', async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/vars/resolve.ts', import.meta.url))],
    outdir: makeFolder(),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
  })
  const eager = listEager(metafile)
  assert.ok(eager.some((path) => path.endsWith('vars/public.ts')))
  const unwanted = /age-encryption|noble|node:crypto|child_process|sops|vars\/age/
  assert.equal(
    eager.filter((path) => unwanted.test(path)),
    [],
  )
  assert.ok(Object.keys(metafile.inputs).some((path) => path.includes('age-encryption')))
})

test('keeps the fixtures’ keys out of what it tells', () => {
  const key = readFileSync(USER, 'utf8').trim().split('\n').at(-1) ?? ''
  assert.not.ok(context.told.join('\n').includes(key.slice(20)))
})

test.run()
