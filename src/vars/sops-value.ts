import { createDecipheriv } from 'node:crypto'

const FORMAT =
  /^ENC\[AES256_GCM,data:(?<data>[^,\]]+),iv:(?<iv>[^,\]]+),tag:(?<tag>[^,\]]+),type:(?<type>[a-z]+)\]$/

/** bytes */
const IV_LENGTH = 32
const TAG_LENGTH = 16
const KEY_LENGTH = 32

/** A decrypted value, and the type that it had: `str`, `int`, `comment` … */
export interface SopsValue {
  readonly bytes: Buffer
  readonly type: string
}

/**
 * Decrypts one value of a sops file, `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]` (its aes/cipher.go).
 * `context` is the additional data. Null: not such a value, or it does not authenticate.
 */
export function openSopsValue(text: string, key: Buffer, context: string): SopsValue | null {
  const { data, iv, tag, type } = FORMAT.exec(text)?.groups ?? {}
  const parts = [data, iv, tag].map(decodeBase64)
  const [body, nonce, seal] = parts
  if (!body || nonce?.length !== IV_LENGTH || seal?.length !== TAG_LENGTH) return null
  if (key.length !== KEY_LENGTH || type === undefined) return null
  const options = { authTagLength: TAG_LENGTH }
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options)
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(seal)
  try {
    return { bytes: Buffer.concat([decipher.update(body), decipher.final()]), type }
  } catch {
    return null
  }
}

/** Standard base64 (RFC 4648 section 4) as sops writes it; null: anything else. */
function decodeBase64(text: string | undefined): Buffer | null {
  if (text === undefined) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
