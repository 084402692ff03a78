import { generateKeyPairSync } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readPublicKeys } from '../../src/ssh/host-key.ts'

const test = suite('host keys')

const ED25519 = ed25519Key()
const RSA = keyOf('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(256, 7))
const ECDSA = keyOf('ecdsa-sha2-nistp256', Buffer.from('nistp256'), Buffer.alloc(65, 4))

/** What a file says, and the keys in it. */
const CASES: Readonly<Record<string, readonly [text: string, keys: readonly string[]]>> = {
  'a key': [`${ED25519}\n`, [ED25519]],
  'a comment behind it': [`${ED25519} root@web01 * evil\n`, [ED25519]],
  'no final newline': [ED25519, [ED25519]],
  'CRLF, tabs and blank lines': [`\r\n\t${ED25519.replace(' ', '\t')}\r\n\r\n`, [ED25519]],
  'several keys': [`${ED25519}\n${RSA} x\n${ECDSA}\n`, [ED25519, RSA, ECDSA]],
  nothing: ['', []],
  'words instead of a key': ['not generated yet\n', []],
  'a type alone': ['ssh-ed25519\n', []],
  'a type of another key': [ED25519.replace('ssh-ed25519', 'ssh-rsa'), []],
  'a key that is cut': [ED25519.slice(0, -4), []],
  'a byte too many': [`${ED25519}AAAA`, []],
  'base64 of something else': ['ssh-ed25519 aGVsbG8gd29ybGQ=', []],
  'a key behind a host': [`web01 ${ED25519}`, []],
  'a key behind a marker': [`@revoked * ${ED25519}`, []],
  'options before it': [`command="x" ${ED25519}`, []],
  'a certificate': ['ssh-ed25519-cert-v01@openssh.com AAAA', []],
  'a private key': ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n', []],
  'one sound line among others': [`garbage\n${ED25519}\n<<<<<<< HEAD\n`, [ED25519]],
}

for (const [name, [text, keys]] of Object.entries(CASES)) {
  test(name, () => assert.equal(readPublicKeys(text), keys))
}

test.run()

function ed25519Key(): string {
  const { publicKey } = generateKeyPairSync('ed25519')
  return keyOf('ssh-ed25519', publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
}

function keyOf(type: string, ...parts: readonly Buffer[]): string {
  const fields = [Buffer.from(type), ...parts].flatMap((part) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    return [length, part]
  })
  return `${type} ${Buffer.concat(fields).toString('base64')}`
}
