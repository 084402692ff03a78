import { createHash } from 'node:crypto'
import { BywayError } from '../core/errors.ts'
import { spellOnion } from '../core/onion.ts'
import { Secret } from '../core/secret.ts'
import { shortenOnion } from '../core/show.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Characters of a version 3 name: 35 bytes in base32. */
const LENGTH = 56

/**
 * An onion name as tor is asked for it, checked before that, so that a typo is called one: 56
 * base32 characters of public key (32 bytes), checksum (2) and version 3 (rend-spec-v3, section 6).
 * A subdomain before it is allowed. Throws DATAERR without the name.
 */
export function readOnionName(name: Secret): Secret {
  const folded = (spellOnion(name.reveal()) ?? '').replace(/[.\s]+$/, '')
  const [, label] = /^(?:[a-z0-9_-]+\.)*([^.]*)\.onion$/.exec(folded) ?? []
  if (label === undefined) throw badOnion(name, 'has something before or behind it')
  if (label.length === 16) throw badOnion(name, 'is of version 2, which tor gave up in 2021')
  if (label.length !== LENGTH) {
    throw badOnion(name, `has ${label.length} characters, expected ${LENGTH}`)
  }
  const bytes = decodeBase32(label)
  if (bytes === null) throw badOnion(name, 'has characters other than a to z and 2 to 7')
  const version = bytes[34] ?? 0
  if (version !== 3) throw badOnion(name, `is of version ${version}, expected 3`)
  if (!checksumOf(bytes).equals(bytes.subarray(32, 34))) {
    throw badOnion(name, 'has a wrong checksum: at least one character is wrong')
  }
  return new Secret(folded, name.isPublic)
}

/** Decodes RFC 4648 base32 without padding, in lower case; null when it is none. */
export function decodeBase32(text: string): Buffer | null {
  let bits = 0
  let value = 0
  const bytes: number[] = []
  for (const character of text) {
    const digit = ALPHABET.indexOf(character)
    if (digit < 0) return null
    value = ((value << 5) | digit) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 0xff)
    }
  }
  return Buffer.from(bytes)
}

function checksumOf(bytes: Buffer): Buffer {
  const hash = createHash('sha3-256').update('.onion checksum')
  return hash.update(bytes.subarray(0, 32)).update(bytes.subarray(34)).digest().subarray(0, 2)
}

function badOnion(name: Secret, what: string): BywayError {
  return new BywayError(
    'DATAERR',
    `onion name ${shortenOnion(name.reveal()).slice(0, 6)}… ${what}`,
    {
      hint: 'compare it with the file "hostname" of the service',
    },
  )
}
