import { BywayError } from '../core/errors.ts'

/** A sops file in JSON (github.com/getsops/sops, stores/stores.go), its shape checked. */
export interface SopsFile {
  /** for messages */
  readonly name: string
  /** all but sops' own block, in the order of the file */
  readonly tree: Readonly<Record<string, unknown>>
  /** the data key, once per age recipient: an armored age file each */
  readonly age: readonly SopsAgeKey[]
  /** who else has the data key: `pgp 85D7…`, `kms arn:…` */
  readonly others: readonly string[]
  /** an encrypted value; empty: the file has none */
  readonly mac: string
  /** as written: it authenticates the MAC */
  readonly lastModified: string
  readonly macOnlyEncrypted: boolean
  readonly unencryptedSuffix: string
  readonly encryptedSuffix: string
  /** rules by which values are in clear that only sops itself follows: names of its settings */
  readonly foreignRules: readonly string[]
}

/** One age recipient of a sops file. */
export interface SopsAgeKey {
  readonly recipient: string
  readonly enc: string
}

type Json = Readonly<Record<string, unknown>>

/** The other kinds of keys, and what names one of them. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  pgp: 'fp',
  kms: 'arn',
  gcp_kms: 'resource_id',
  azure_kv: 'vault_url',
  hc_vault: 'vault_address',
  hckms: 'key_id',
}

const SUFFIX_RULES = ['unencrypted_suffix', 'encrypted_suffix'] as const

const FOREIGN_RULES = [
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const

/** Throws DATAERR when it is not JSON, has no sops block, or uses key groups (Shamir). */
export function parseSopsFile(bytes: Uint8Array, name: string): SopsFile {
  const { sops: block, ...tree } = parseJson(bytes, name)
  if (!isRecord(block)) throw damaged(name, 'has no sops block')
  refuseGroups(block, name)
  const { mac_only_encrypted: macOnlyEncrypted } = block
  const rules = [...SUFFIX_RULES, ...FOREIGN_RULES].filter((rule) => textOf(block, rule) !== '')
  return {
    name,
    tree,
    age: listOf(block, 'age', name).map((key) => parseAgeKey(key, name)),
    others: Object.keys(OTHER_KEYS).flatMap((kind) => describeKeys(block, kind, name)),
    mac: textOf(block, 'mac'),
    lastModified: textOf(block, 'lastmodified'),
    macOnlyEncrypted: macOnlyEncrypted === true,
    unencryptedSuffix: rules.length === 0 ? '_unencrypted' : textOf(block, 'unencrypted_suffix'),
    encryptedSuffix: textOf(block, 'encrypted_suffix'),
    foreignRules: rules.filter((rule) => (FOREIGN_RULES as readonly string[]).includes(rule)),
  }
}

/** DATAERR about a file that is not as sops writes it. */
export function damaged(name: string, fault: string): BywayError {
  return new BywayError('DATAERR', `${name} ${fault}`, {
    hint: 'restore the file from its repository, or generate the var again',
  })
}

function parseJson(bytes: Uint8Array, name: string): Json {
  const value = readJson(bytes)
  if (value === undefined) throw damaged(name, 'is not JSON, or is truncated')
  if (!isRecord(value)) throw damaged(name, 'is not a JSON object')
  return value
}

/** Undefined where it is none: the parser's message quotes the text. */
function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}

function refuseGroups(block: Json, name: string): void {
  const { key_groups: groups, shamir_threshold: threshold } = block
  const grouped = Array.isArray(groups) && groups.length > 0
  if (!grouped && !(typeof threshold === 'number' && threshold > 0)) return
  throw new BywayError('DATAERR', `${name} splits its key among key groups, which byway refuses`, {
    hint: 'encrypt it again with one key group: Clan uses no other',
  })
}

function parseAgeKey(key: Json, name: string): SopsAgeKey {
  const { recipient, enc } = key
  if (typeof recipient === 'string' && typeof enc === 'string') return { recipient, enc }
  throw damaged(name, 'has an age key without recipient or enc')
}

function describeKeys(block: Json, kind: string, name: string): readonly string[] {
  const id = OTHER_KEYS[kind] ?? ''
  return listOf(block, kind, name).map((key) => `${kind} ${textOf(key, id)}`)
}

function listOf(block: Json, key: string, name: string): readonly Json[] {
  const list = block[key] ?? []
  if (Array.isArray(list) && list.every(isRecord)) return list
  throw damaged(name, `has a sops.${key} that is not a list of keys`)
}

function textOf(block: Json, key: string): string {
  const text = block[key]
  return typeof text === 'string' ? text : ''
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
