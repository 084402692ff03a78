import * as assert from 'node:assert/strict'
import { Secret } from '../../src/core/secret.ts'
import { AgeOpener } from '../../src/vars/age-file.ts'
import { parseIdentities } from '../../src/vars/identity-text.ts'
import { parseRecipients, shorten } from '../../src/vars/recipients.ts'
import { parseSopsFile } from '../../src/vars/sops-file.ts'
import { openSopsTree } from '../../src/vars/sops-tree.ts'
import { openSopsValue } from '../../src/vars/sops-value.ts'
import { parseSshKey } from '../../src/vars/ssh-key.ts'
import { splitWords } from '../../src/vars/words.ts'
import { survive, type Target } from '../target.ts'
import { fixtures } from './fixtures.ts'

const IDENTITIES = fixtures('.txt', 'keys')
const KEY = Buffer.alloc(32, 7)
const SOPS = fixtures('secret', 'clan-sops')
const ENC = 'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]'

/** Files as sops writes them. */
const sops: Target = {
  name: 'sops',
  seeds: SOPS,
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
    ],
    ...['_unencrypted', 'encrypted_regex', 'mac_only_encrypted', '[', '{', '{"a":', 'true', '1e9'],
  ],
  run: async (input) => {
    const file = await survive(['DATAERR'], () => parseSopsFile(input, 'file'))
    if (file !== null) await survive(['DATAERR'], () => openSopsTree(file, KEY))
    const value = openSopsValue(input.toString('latin1'), KEY, 'data:')
    assert.equal(value, null, 'it has authenticated by chance')
  },
}

/** Age files, armored and not. */
const ageFile: Target = {
  name: 'age-file',
  seeds: fixtures('.age', 'clan-age'),
  words: [
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
    '-----END',
    '\n-> ',
    '\n--- ',
    'age-encryption.org/v1',
  ],
  run: async (input) => {
    const opener = new AgeOpener([])
    const opening = await survive(['DATAERR'], () => opener.open({ name: 'file', bytes: input }))
    assert.ok(!opening?.plaintext)
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
