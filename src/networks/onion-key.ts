import { BywayError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { decodeBase32 } from './onion.ts'

const KEY_BYTES = 32

/**
 * Reads the private key with which an onion service knows a client: the line of an `.auth_private`
 * file (`<name>:descriptor:x25519:<base32>`, tor(1), ClientOnionAuthDir), or the key alone in
 * base32 or base64. Gives it in base64, as tor's control port takes it. Throws DATAERR.
 */
export function readOnionKey(text: Secret): Secret {
  const key = text.reveal().trim().split(':').at(-1) ?? ''
  const bytes = key.length === 52 ? decodeBase32(key.toLowerCase()) : Buffer.from(key, 'base64')
  if (bytes?.length === KEY_BYTES) return new Secret(bytes.toString('base64'))
  throw new BywayError('DATAERR', 'the key for the onion service is no x25519 private key', {
    hint: 'expected "<name>:descriptor:x25519:<base32>", as tor keeps it in ClientOnionAuthDir',
  })
}
