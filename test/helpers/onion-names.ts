import { createHash, generateKeyPairSync } from 'node:crypto'

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567'

/** The name of a service that never was: version 3, its checksum right (rend-spec-v3, section 6). */
export function inventOnion(): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const key = Buffer.from(x, 'base64url')
  const version = Buffer.of(3)
  const hash = createHash('sha3-256').update('.onion checksum').update(key).update(version)
  return `${encodeBase32(Buffer.concat([key, hash.digest().subarray(0, 2), version]))}.onion`
}

/** RFC 4648, for a multiple of five bytes. */
function encodeBase32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits.replaceAll(/.{5}/g, (digit) => DIGITS[Number.parseInt(digit, 2)] ?? '')
}

/** The ways to write an onion name, given its 56 characters, that some program would take for it. */
export const SPELLINGS: Readonly<Record<string, (body: string) => string>> = {
  'as it is': (body) => `${body}.onion`,
  'in capitals': (body) => `${body}.ONION`.toUpperCase(),
  'with a final dot': (body) => `${body}.onion.`,
  'with two final dots': (body) => `${body}.onion..`,
  'with a blank': (body) => `${body}.onion `,
  'with a tab and a dot': (body) => `${body}.onion\t.`,
  'in wide letters': (body) => `${body}.ｏｎｉｏｎ`,
  'with an ideographic dot': (body) => `${body}\u3002onion`,
  'with a wide dot': (body) => `${body}\uff0eonion`,
  'with a narrow ideographic dot': (body) => `${body}\uff61onion`,
  'with an ideographic dot behind it': (body) => `${body}.onion\u3002`,
  'with a soft hyphen': (body) => `${body}.oni\u00adon`,
  'with a percent-encoded dot': (body) => `${body}%2Eonion`,
  'with a port': (body) => `${body}.onion:22`,
  'with a zone': (body) => `${body}.onion%lo`,
  'with a user': (body) => `me@${body}.onion`,
  'with user and port': (body) => `me@${body}\u3002onion:22`,
  'below it': (body) => `www.${body}.onion`,
}
