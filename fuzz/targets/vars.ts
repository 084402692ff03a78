import * as assert from 'node:assert/strict'
import { Secret } from '../../src/core/secret.ts'
import { AgeOpener, type Opening } from '../../src/vars/age-file.ts'
import { joinIdentities, parseIdentities } from '../../src/vars/identity-text.ts'
import { parseRecipients, shorten } from '../../src/vars/recipients.ts'
import { parseSopsFile } from '../../src/vars/sops-file.ts'
import { openSopsTree } from '../../src/vars/sops-tree.ts'
import { openSopsValue } from '../../src/vars/sops-value.ts'
import { parseSshKey } from '../../src/vars/ssh-key.ts'
import { splitWords } from '../../src/vars/words.ts'
import { survive, type Target } from '../target.ts'
import { fixtures } from './fixtures.ts'
import { KEY, OPENING, PLAINTEXT, REFUSED, seal } from './sops-seeds.ts'

const IDENTITIES = fixtures('.txt', 'keys')
const AGE = fixtures('.age', 'clan-age')
const SOPS = fixtures('secret', 'clan-sops')
const ENC = 'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]'

/** Files as sops writes them. */
const sops: Target = {
  name: 'sops',
  seeds: [...OPENING, ...REFUSED, seal(PLAINTEXT, 'data:'), ...SOPS],
  words: [
    ...[
      '"sops":',
      '"age":',
      '"data":',
      '"mac":',
      '"pgp":null',
      'key_groups',
      'shamir_threshold',
      ENC,
      seal(PLAINTEXT, 'data:'),
      seal('7', 'more:n:', 'int'),
    ],
    ...['_unencrypted', 'encrypted_regex', 'mac_only_encrypted', '[', '{', '{"a":', 'true', '1e9'],
  ],
  run: async (input) => {
    const file = await survive(['DATAERR'], () => parseSopsFile(input, 'file'))
    const data = file && (await survive(['DATAERR'], () => openSopsTree(file, KEY)))
    const value = openSopsValue(input.toString('latin1'), KEY, 'data:')
    for (const bytes of [data, value?.bytes]) {
      assert.equal(bytes?.toString() ?? PLAINTEXT, PLAINTEXT, 'it has authenticated by chance')
    }
    const text = input.toString()
    if (OPENING.includes(text)) assert.ok(data, 'a sound file does not open')
    if (REFUSED.includes(text)) assert.ok(!data, 'a file opens that must not')
  },
}

/** Opens what is encrypted for the fixtures' user. */
interface FixtureOpener {
  open(bytes: Uint8Array): Promise<Opening>
  /** what the seeds have in them */
  readonly known: ReadonlySet<string>
}

let opener: Promise<FixtureOpener> | null = null

/** Throws when no seed opens: then nothing behind the header would be fuzzed. */
async function makeOpener(): Promise<FixtureOpener> {
  const texts = IDENTITIES.map((bytes) => new Secret(bytes.toString()))
  const sources = texts.map((text) => ({ label: 'file', path: null, text }))
  const all = await Promise.all(sources.map((source) => parseIdentities(source, () => {})))
  const { usable } = joinIdentities(all)
  const ages = new AgeOpener(usable)
  const open = (bytes: Uint8Array) => ages.open({ name: 'file', bytes })
  const known = new Set<string>()
  for (const seed of AGE) known.add((await open(seed)).plaintext?.toString() ?? '')
  known.delete('')
  assert.ok(known.size > 0, 'no seed opens')
  return { open, known }
}

/** Age files, armored and not. */
const ageFile: Target = {
  name: 'age-file',
  seeds: AGE,
  words: [
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
    '-----END',
    '\n-> ',
    '\n--- ',
    'age-encryption.org/v1',
  ],
  run: async (input) => {
    opener ??= makeOpener()
    const { open, known } = await opener
    const opening = await survive(['DATAERR'], () => open(input))
    const plaintext = opening?.plaintext?.toString()
    assert.ok(plaintext === undefined || known.has(plaintext), 'it has authenticated by chance')
  },
}

/** Age identities, SSH keys, lists of recipients and commands that print keys. */
const identities: Target = {
  name: 'identities',
  seeds: [
    ...IDENTITIES,
    SSH_KEY(),
    '-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END',
    'a "b c" \\d #e',
  ],
  words: [
    ...['AGE-SECRET-KEY-1', 'AGE-PLUGIN-X-1', '# ', '-----BEGIN OPENSSH PRIVATE KEY-----', '\n'],
    ...["'", '"', '\\', '-----END OPENSSH PRIVATE KEY-----', 'b3BlbnNzaC1rZXktdjEA'],
  ],
  run: async (input) => {
    const text = input.toString()
    const told: string[] = []
    const source = { label: 'file', path: null, text: new Secret(text) }
    await parseIdentities(source, (_level, words) => told.push(words))
    assert.ok(!/KEY-1[A-Z0-9]{8}/i.test(told.join()), 'it tells a key')
    parseSshKey(text)
    splitWords(text)
    for (const recipient of parseRecipients(text)) assert.ok(shorten(recipient).length <= 80)
  },
}

export const VAR_TARGETS = [sops, ageFile, identities]

/** A key of the format that OpenSSH writes, without a key in it. */
function SSH_KEY(): string {
  const text = (words: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(words.length)
    return Buffer.concat([length, Buffer.from(words)])
  }
  const magic = Buffer.from('openssh-key-v1\0')
  const parts = [magic, text('none'), text('none'), text(''), Buffer.of(0, 0, 0, 1), text('x')]
  const body = Buffer.concat(parts).toString('base64')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
}
