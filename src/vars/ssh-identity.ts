import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto'
import type { Identity, Stanza } from 'age-encryption'

/** An ssh-ed25519 key as age needs it. */
export interface Ed25519Key {
  /** the X25519 scalar that belongs to the key: half of the SHA-512 of its seed */
  readonly scalar: Buffer
  /** as it stands in authorized_keys, decoded */
  readonly publicKey: Buffer
}

const LABEL = 'age-encryption.org/v1/ssh-ed25519'
const NOTHING = Buffer.alloc(0)
const NONCE = Buffer.alloc(12)
const TAG_LENGTH = 16

/** The prefixes that make keys in the format of RFC 8410 of 32 bytes of X25519. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** u = 9 (RFC 7748 section 4.1) */
const BASE_POINT = Buffer.concat([Buffer.of(9), Buffer.alloc(31)])

/**
 * age's `ssh-ed25519` recipient (github.com/FiloSottile/age, package agessh) from the side of the
 * key's owner. Throws, as the library asks, at a stanza for this key that is malformed.
 */
export function ed25519Identity(key: Ed25519Key): Identity {
  const fingerprint = unpadded(createHash('sha256').update(key.publicKey).digest().subarray(0, 4))
  return {
    unwrapFileKey(stanzas) {
      const own = stanzas.find(({ args }) => args[0] === 'ssh-ed25519' && args[1] === fingerprint)
      return own === undefined ? null : unwrap(own, key)
    },
  }
}

function unwrap({ args, body }: Stanza, { scalar, publicKey }: Ed25519Key): Uint8Array {
  const share = Buffer.from(args[2] ?? '', 'base64')
  if (args.length !== 3 || share.length !== 32) throw new Error('invalid ssh-ed25519 stanza')
  const tweak = derive(NOTHING, publicKey)
  const shared = multiply(tweak, multiply(scalar, share))
  const ours = multiply(scalar, BASE_POINT)
  return open(body, derive(shared, Buffer.concat([share, ours])))
}

function derive(secret: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, LABEL, 32))
}

/** X25519 (RFC 7748). Throws at a point of low order. */
function multiply(scalar: Buffer, point: Buffer): Buffer {
  const der = { format: 'der' } as const
  return diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([PRIVATE_PREFIX, scalar]),
      ...der,
      type: 'pkcs8',
    }),
    publicKey: createPublicKey({
      key: Buffer.concat([PUBLIC_PREFIX, point]),
      ...der,
      type: 'spki',
    }),
  })
}

/** ChaCha20-Poly1305 (RFC 8439) of a file key of 16 bytes. */
function open(body: Uint8Array, key: Buffer): Uint8Array {
  if (body.length !== 16 + TAG_LENGTH) throw new Error('invalid ssh-ed25519 stanza')
  const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(body.subarray(16))
  return Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()])
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
