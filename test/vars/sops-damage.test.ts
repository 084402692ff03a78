import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sopsBackend } from '../../src/vars/sops.ts'
import { Random } from '../helpers/random.ts'
import { FIXTURES, failureOf, makeContext, makeSopsClan, readWith, visible } from './clan.ts'

const test = suite('vars/sops: damage')

const random = new Random('vars/sops: damage')
const USER = join(FIXTURES, 'keys/user.txt')
const SECRETS = 'clan-sops/vars/per-machine'
const context = makeContext({ SOPS_AGE_KEY_FILE: USER })
const sound = readFileSync(join(FIXTURES, SECRETS, 'kestrel/tor_onion/hostname/secret'), 'utf8')
const VALUE = (await readWith(sopsBackend, makeSopsClan(sound), context)).toString()

/** Expects that reading is refused, and that nothing of the value is to be seen. */
async function expectRefusal(content: string, exits = ['DATAERR']): Promise<string> {
  const told = makeContext({ SOPS_AGE_KEY_FILE: USER })
  const error = await failureOf(readWith(sopsBackend, makeSopsClan(content), told))
  assert.ok(exits.includes(error.exit), `${error.exit}: ${error.message}`)
  const seen = [visible(error), ...told.told].join('\n')
  for (const secret of [VALUE, VALUE.slice(0, 16), readFileSync(USER, 'utf8').slice(-40).trim()]) {
    assert.not.ok(seen.includes(secret), 'a secret is to be seen')
  }
  return error.message
}

/** Where the parts of the file are, by a pattern whose first group is the part. */
const REGIONS: Readonly<Record<string, RegExp>> = {
  'the data': /"data": "ENC\[AES256_GCM,data:([^,]+)/,
  'its iv': /"data": "ENC[^"]+,iv:([^,]+)/,
  'its tag': /"data": "ENC[^"]+,tag:([^,]+)/,
  'its type': /"data": "ENC[^"]+,type:([a-z]+)/,
  'the frame of the data': /"data": "(ENC\[AES256_GCM,data:)/,
  'the MAC': /"mac": "ENC\[AES256_GCM,data:([^,]+)/,
  'the iv of the MAC': /"mac": "ENC[^"]+,iv:([^,]+)/,
  'the tag of the MAC': /"mac": "ENC[^"]+,tag:([^,]+)/,
  'the type of the MAC': /"mac": "ENC[^"]+,type:([a-z]+)/,
  'the time': /"lastmodified": "([^"]+)/,
  'the recipient’s stanza': /"enc": "[^"]+FILE-----\\n((?:[^"\\]+\\n){3})/,
  'the data key': /"enc": "(?:[^"\\]+\\n){4}((?:[^"\\]+\\n)+)-----END/,
  'the armor': /"enc": "(-----BEGIN AGE ENCRYPTED FILE-----)/,
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Another letter at a place; what is no letter of base64 stays, for JSON's sake. */
function change(text: string, at: number): string {
  const others = [...LETTERS].filter((letter) => letter !== text[at])
  return text.slice(0, at) + others[random.below(others.length)] + text.slice(at + 1)
}

/** The places in a region that hold a letter, apart from those of JSON's line breaks. */
function placesIn(text: string, region: RegExp): readonly number[] {
  const match = new RegExp(region, 'd').exec(text)
  const [start, end] = match?.indices?.[1] ?? []
  if (start === undefined || end === undefined) throw new Error(`no such region: ${region}`)
  return Array.from({ length: end - start }, (_, index) => start + index).filter(
    (at) => text.slice(at - 1, at + 1) !== '\\n' && text[at] !== '\\',
  )
}

for (const [name, region] of Object.entries(REGIONS)) {
  test(`refuses a file in which a letter of ${name} is another`, async () => {
    // One recipient: else the other one's stanza would open it.
    const file = JSON.parse(sound)
    const text = JSON.stringify(
      { ...file, sops: { ...file.sops, age: file.sops.age.slice(0, 1) } },
      null,
      1,
    )
    const places = placesIn(text, region)
    for (let count = 0; count < Math.min(places.length, 24); count += 1) {
      const at = places[random.below(places.length)] ?? 0
      await expectRefusal(change(text, at), ['DATAERR', 'NOPERM'])
    }
  })
}

test('opens with the second recipient when the block of the first is damaged', async () => {
  const [at = 0] = placesIn(sound, /"enc": "(-----BEGIN)/)
  const env = { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys/user2-and-junk.txt') }
  const found = await readWith(sopsBackend, makeSopsClan(change(sound, at)), makeContext(env))
  assert.is(found.toString(), VALUE)
})

test('refuses a file that ends early, wherever it does', async () => {
  const end = sound.trimEnd().length
  for (let count = 0; count < 200; count += 1) {
    await expectRefusal(sound.slice(0, random.below(end)))
  }
})

/** The sound file with some of it replaced. */
function alter(edit: (file: ReturnType<typeof JSON.parse>) => void): string {
  const file = JSON.parse(sound)
  edit(file)
  return JSON.stringify(file)
}

const FORGERIES: Readonly<Record<string, string>> = {
  'its data emptied': alter((file) => {
    file.data = ''
  }),
  'its data missing': alter((file) => {
    delete file.data
  }),
  'its data in clear': alter((file) => {
    file.data = 'evil.example'
  }),
  'its data a list': alter((file) => {
    file.data = [file.data]
  }),
  'its data in clear, by a rule': alter((file) => {
    file.data = 'evil.example'
    file.sops.unencrypted_suffix = 'data'
  }),
  'its data in clear, by a rule and a MAC that does not cover it': alter((file) => {
    file.data = 'evil.example'
    file.sops.unencrypted_suffix = 'data'
    file.sops.mac_only_encrypted = true
  }),
  'no MAC': alter((file) => {
    delete file.sops.mac
  }),
  'an empty MAC': alter((file) => {
    file.sops.mac = ''
  }),
  'a MAC in clear': alter((file) => {
    file.sops.mac = createHash('sha512').update(VALUE).digest('hex').toUpperCase()
  }),
  'its data for a MAC': alter((file) => {
    file.sops.mac = file.data
  }),
  'the rule of another MAC': alter((file) => {
    file.sops.mac_only_encrypted = true
  }),
  'a shortened tag': alter((file) => {
    file.data = file.data.replace(/tag:[^,]+/, 'tag:Qa3c0Q==')
  }),
  'another value beside': alter((file) => {
    file.other_unencrypted = 'x'
  }),
  'its time missing': alter((file) => {
    delete file.sops.lastmodified
  }),
  'its time as a number': alter((file) => {
    file.sops.lastmodified = 20261123
  }),
  'key groups': alter((file) => {
    file.sops.key_groups = [{ age: file.sops.age }, { age: file.sops.age }]
    file.sops.shamir_threshold = 2
  }),
  'an age recipient that is none': alter((file) => {
    file.sops.age = [{ recipient: 'age1' }]
  }),
  'recipients that are no list': alter((file) => {
    file.sops.age = 'age1'
  }),
  'no sops block': alter((file) => {
    delete file.sops
  }),
}

for (const [name, content] of Object.entries(FORGERIES)) {
  test(`refuses a file with ${name}`, async () => {
    await expectRefusal(content)
  })
}

for (const [name, content] of [
  ['empty', ''],
  ['no JSON', 'fgkzn.onion\n'],
  ['a list', '[]'],
  ['null', 'null'],
  ['nested without end', `{"sops":{},"data":${'['.repeat(100_000)}`],
  ['nested deeply', `{"sops":{},"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
] as const) {
  test(`refuses a file that is ${name}`, async () => {
    await expectRefusal(content, ['DATAERR', 'NOPERM'])
  })
}

test('refuses a file whose MAC does not authenticate', async () => {
  const wren = readFileSync(join(FIXTURES, SECRETS, 'wren/tor_onion/hostname/secret'), 'utf8')
  assert.match(await expectRefusal(wren), 'MAC')
})

/** Encrypted as sops does it, but with a MAC, a key or a type to our liking. */
async function forge(parts: { key?: Buffer; type?: string; mac?: string }): Promise<string> {
  const { key = randomBytes(32), type = 'str', mac } = parts
  const seal = (text: string, context: string, kind: string): string => {
    const iv = randomBytes(32)
    const cipher = createCipheriv('aes-256-gcm', key.subarray(0, 32), iv)
    const body = Buffer.concat([cipher.setAAD(Buffer.from(context)).update(text), cipher.final()])
    const [data, nonce, tag] = [body, iv, cipher.getAuthTag()].map((part) =>
      part.toString('base64'),
    )
    return `ENC[AES256_GCM,data:${data},iv:${nonce},tag:${tag},type:${kind}]`
  }
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(forgersIdentity))
  const enc = armor.encode(await encrypter.encrypt(key))
  const lastmodified = '2026-01-01T00:00:00Z'
  const hash = createHash('sha512').update('value').digest('hex').toUpperCase()
  return JSON.stringify({
    data: seal('value', 'data:', type),
    sops: {
      age: [{ recipient: 'age1x', enc }],
      lastmodified,
      mac: seal(mac ?? hash, lastmodified, 'str'),
    },
  })
}

const forgersIdentity = await generateX25519Identity()
const forgersContext = makeContext({ SOPS_AGE_KEY: forgersIdentity })

test('opens what is forged well, so that the next tests prove something', async () => {
  const clan = makeSopsClan(await forge({}))
  assert.is((await readWith(sopsBackend, clan, forgersContext)).toString(), 'value')
})

for (const [name, parts] of [
  ['a MAC of something else', { mac: createHash('sha512').update('other').digest('hex') }],
  ['a MAC in lower case', { mac: createHash('sha512').update('value').digest('hex') }],
  ['a number for data', { type: 'int' }],
  ['a comment for data', { type: 'comment' }],
  ['a data key of 64 bytes', { key: randomBytes(64) }],
] as const) {
  test(`refuses ${name}`, async () => {
    const clan = makeSopsClan(await forge(parts))
    assert.is((await failureOf(readWith(sopsBackend, clan, forgersContext))).exit, 'DATAERR')
  })
}

test.run()
