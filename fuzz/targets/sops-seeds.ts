import { createCipheriv, createHash } from 'node:crypto'

/** The data key of all files here. */
export const KEY = Buffer.alloc(32, 7)
/** What all that open have in them. */
export const PLAINTEXT = 'what is sealed'

const MODIFIED = '2026-11-23T04:43:52Z'
/** What seeds the MAC when it covers encrypted values only (sops.go). */
const ENCRYPTED_ONLY = '8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69'

/** A value as sops seals it; the nonce follows from what is sealed, so that a run can be repeated. */
export function seal(text: string, context: string, type = 'str'): string {
  const iv = createHash('sha256').update(`${context} ${text}`).digest()
  const cipher = createCipheriv('aes-256-gcm', KEY, iv).setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(text), cipher.final()])
  const [data, nonce, tag] = [body, iv, cipher.getAuthTag()].map((part) => part.toString('base64'))
  return `ENC[AES256_GCM,data:${data},iv:${nonce},tag:${tag},type:${type}]`
}

const DATA = seal(PLAINTEXT, 'data:')
const OTHERS = {
  n: seal('7', 'more:n:', 'int'),
  f: seal('0.5', 'more:f:', 'float'),
  yes: seal('True', 'more:yes:', 'bool'),
  note: seal('a remark', 'more:note:', 'comment'),
  list: [seal('a', 'more:list:'), seal('b', 'more:list:')],
}
const OF_OTHERS = '70.5Trueab'

/** Whole files that open with the key, as sops writes them: each kind of value, rule and MAC. */
export const OPENING: readonly string[] = [
  file({ data: DATA }, PLAINTEXT),
  file({ data: seal(PLAINTEXT, 'data:', 'bytes') }, PLAINTEXT),
  file({ data: DATA, more: OTHERS, none: null, empty: '' }, `${PLAINTEXT}${OF_OTHERS}`),
  file({ a_unencrypted: 'clear', b_unencrypted: [true, 5], data: DATA }, `clearTrue5${PLAINTEXT}`),
  file(
    { a_unencrypted: 'clear', data: DATA },
    Buffer.concat([Buffer.from(ENCRYPTED_ONLY, 'hex'), Buffer.from(PLAINTEXT)]),
    { mac_only_encrypted: true, unencrypted_suffix: '_unencrypted' },
  ),
]

/** Files that do not open: the MAC is another file's, or what it is of is no text, or in clear. */
export const REFUSED: readonly string[] = [
  file({ data: DATA, more: OTHERS }, PLAINTEXT),
  file({ data: seal('7', 'data:', 'int') }, '7'),
  file({ data: 'clear', b_enc: seal('b', 'b_enc:') }, 'clearb', { encrypted_suffix: '_enc' }),
]

/** `covered`: what the MAC is of. */
function file(tree: object, covered: string | Buffer, rules: object = {}): string {
  const digest = createHash('sha512').update(covered).digest('hex').toUpperCase()
  const block = { age: [], lastmodified: MODIFIED, mac: seal(digest, MODIFIED), ...rules }
  return JSON.stringify({ ...tree, sops: block })
}
