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
