import { createHash, type Hash } from 'node:crypto'
import { damaged, type SopsFile } from './sops-file.ts'
import { openSopsValue } from './sops-value.ts'

/** What seeds the MAC when it covers encrypted values only (sops.go). */
const ENCRYPTED_ONLY_SEED = Buffer.from(
  '8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69',
  'hex',
)

/** Booleans in the MAC are as Python, in which sops began, writes them. */
const PYTHON_WORDS: ReadonlyMap<unknown, string> = new Map([
  [true, 'True'],
  [false, 'False'],
])

/** keys that lead to a value; sops files have a handful */
const DEPTH_LIMIT = 64

interface Branch {
  readonly path: readonly string[]
  readonly value: unknown
}

/** A value that holds no others, and the keys that lead to it, without indices of lists. */
interface Leaf extends Branch {
  readonly value: string | number | boolean
}

/**
 * The file's `data`, decrypted, once the MAC over the whole tree has been verified. Throws
 * DATAERR, and never gives a value, when anything in it does not authenticate.
 */
export function openSopsTree(file: SopsFile, key: Buffer): Buffer {
  const { data: sealed } = file.tree
  if (typeof sealed !== 'string') throw damaged(file.name, 'has no "data"')
  const hash = createHash('sha512')
  if (file.macOnlyEncrypted) hash.update(ENCRYPTED_ONLY_SEED)
  const data = hashLeaves(file, key, hash)
  const found = hash.digest('hex').toUpperCase()
  const mac = openSopsValue(file.mac, key, file.lastModified)
  const isSound = mac?.type === 'str' && mac.bytes.toString() === found
  if (!isSound) throw damaged(file.name, 'has a MAC that does not match')
  if (data === null) throw damaged(file.name, 'has its "data" in clear')
  return data
}

function hashLeaves(file: SopsFile, key: Buffer, hash: Hash): Buffer | null {
  let data: Buffer | null = null
  for (const leaf of leavesOf(file)) {
    const encrypted = isEncrypted(leaf.path, file)
    const opened = encrypted ? openLeaf(leaf, file, key) : inClear(leaf)
    const isHashed = encrypted || !file.macOnlyEncrypted
    if (isHashed && opened.type !== 'comment') hash.update(opened.bytes)
    if (encrypted && leaf.path.join(':') === 'data') data = textOf(opened, file)
  }
  return data
}

/** The type is written beside the value, and nothing authenticates it. */
function textOf({ bytes, type }: Opened, file: SopsFile): Buffer {
  if (type === 'str' || type === 'bytes') return bytes
  throw damaged(file.name, 'has a "data" that is not text')
}

/** In the order of the file, as the MAC wants them; empty places (null) do not count. */
function* leavesOf(file: SopsFile): Generator<Leaf> {
  const rest: Branch[] = [{ path: [], value: file.tree }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { path, value } = next
    if (path.length > DEPTH_LIMIT) throw damaged(file.name, 'is nested too deeply')
    if (isLeaf(value)) yield { path, value }
    else for (const branch of branchesOf(path, value).reverse()) rest.push(branch)
  }
}

function branchesOf(path: readonly string[], value: unknown): Branch[] {
  if (Array.isArray(value)) return value.map((item) => ({ path, value: item }))
  return Object.entries(value ?? {}).map(([name, item]) => ({ path: [...path, name], value: item }))
}

function isLeaf(value: unknown): value is Leaf['value'] {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function isEncrypted(path: readonly string[], file: SopsFile): boolean {
  const { encryptedSuffix, unencryptedSuffix } = file
  if (encryptedSuffix !== '') return path.some((name) => name.endsWith(encryptedSuffix))
  if (unencryptedSuffix === '') return true
  return !path.some((name) => name.endsWith(unencryptedSuffix))
}

interface Opened {
  readonly bytes: Buffer
  readonly type: string
}

function openLeaf({ path, value }: Leaf, file: SopsFile, key: Buffer): Opened {
  // sops writes an empty value as it is: only the MAC speaks for it.
  if (value === '') return { bytes: Buffer.alloc(0), type: 'str' }
  const opened = typeof value === 'string' ? openSopsValue(value, key, `${path.join(':')}:`) : null
  if (opened !== null) return opened
  throw damaged(
    file.name,
    `has a value ${JSON.stringify(path.join('.'))} that does not authenticate`,
  )
}

/** As sops turns a value into bytes. */
function inClear({ value }: Leaf): Opened {
  return { bytes: Buffer.from(PYTHON_WORDS.get(value) ?? String(value)), type: 'clear' }
}
