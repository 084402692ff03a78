import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Identity } from 'age-encryption'
import { type Ed25519Key, ed25519Identity } from './ssh-identity.ts'

/** An SSH private key: one that we can use, or why not. */
export type SshKey = { readonly identity: Identity } | { readonly unusable: string }

const MAGIC = 'openssh-key-v1\0'

/**
 * Reads an SSH private key file: unencrypted ssh-ed25519 of OpenSSH's own format (PROTOCOL.key)
 * is usable; ssh-rsa, passphrases, damage and older formats are not. Does not throw.
 */
export function parseSshKey(pem: string): SshKey {
  const [, label = '', body = ''] = /^-----BEGIN ([^-]+)-----([^-]+)-----END/.exec(pem) ?? []
  if (label === 'RSA PRIVATE KEY') return { unusable: 'ssh-rsa key' }
  if (label !== 'OPENSSH PRIVATE KEY') return { unusable: 'SSH key of an unknown format' }
  try {
    return readOpenSsh(new WireReader(Buffer.from(body, 'base64')))
  } catch {
    return { unusable: 'damaged SSH key' }
  }
}

function readOpenSsh(reader: WireReader): SshKey {
  assert(reader.take(MAGIC.length).toString('latin1') === MAGIC)
  const cipher = reader.string().toString()
  reader.string()
  reader.string()
  assert(reader.number() === 1)
  const publicKey = reader.string()
  const kind = new WireReader(publicKey).string().toString()
  if (kind !== 'ssh-ed25519') return { unusable: `${kind.replace(/[^\w.@-]/g, '?')} key` }
  if (cipher !== 'none') return { unusable: 'ssh-ed25519 key with a passphrase' }
  return { identity: ed25519Identity(readPrivate(new WireReader(reader.string()), publicKey)) }
}

function readPrivate(reader: WireReader, publicKey: Buffer): Ed25519Key {
  const check = reader.number()
  assert(check === reader.number())
  reader.string()
  const point = reader.string()
  const pair = reader.string()
  assert(pair.length === 64 && pair.subarray(32).equals(point))
  const scalar = createHash('sha512').update(pair.subarray(0, 32)).digest().subarray(0, 32)
  return { scalar, publicKey }
}

/** RFC 4251 section 5: numbers of 32 bits, and strings behind their length. Throws at the end. */
class WireReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(length: number): Buffer {
    const end = this.#offset + length
    assert(end <= this.#bytes.length)
    const taken = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return taken
  }

  number(): number {
    return this.take(4).readUInt32BE()
  }

  string(): Buffer {
    return this.take(this.number())
  }
}
