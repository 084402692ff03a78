import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { BywayError, type ExitName, messageOf } from '../core/errors.ts'
import type { VarReference } from '../core/types.ts'

/** bytes; no host and no key is larger, and a var of a megabyte still fits */
const SIZE_LIMIT = 16 * 1024 * 1024

const CONTROLS = /\p{Cc}/u

/** What a failed look at a path means; null: the file is not there. Others are NOINPUT. */
const FAILURES: Readonly<Record<string, ExitName | null>> = {
  ENOENT: null,
  ENOTDIR: null,
  ELOOP: 'DATAERR',
  ENAMETOOLONG: 'DATAERR',
  EISDIR: 'DATAERR',
}

/** A file within the clan's directory: its real absolute path, and what it holds. */
export interface ConfinedFile {
  readonly path: string
  readonly bytes: Buffer
}

/** Throws DATAERR unless the machine, generator and file are each one name of a directory entry. */
export function checkReference(ref: VarReference): void {
  for (const what of ['machine', 'generator', 'file'] as const) checkName(ref[what], what)
}

/** Where a var may be, as Clan names it: per-machine, then shared. Throws DATAERR as above. */
export function placementsOf(ref: VarReference): readonly (readonly string[])[] {
  checkReference(ref)
  return [
    ['per-machine', ref.machine, ref.generator, ref.file],
    ['shared', ref.generator, ref.file],
  ]
}

/**
 * Reads a file by its names below the clan's directory; null: it is not there. Throws DATAERR
 * when a name is not one, a symbolic link leads out of the clan's directory, or what is there is
 * no regular file of at most 16 MiB; NOINPUT when it cannot be read.
 */
export async function readConfined(
  clan: string,
  names: readonly string[],
): Promise<ConfinedFile | null> {
  const path = await confine(clan, names)
  if (path === null) return null
  try {
    return { path, bytes: await readRegular(path) }
  } catch (error) {
    return interpret(error, path)
  }
}

/** The entries of a directory below the clan's, sorted; none where it is not there. Throws alike. */
export async function listConfined(
  clan: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const path = await confine(clan, names)
  if (path === null) return []
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    return interpret(error, path) ?? []
  }
}

function checkName(name: string, what: string): void {
  const bad = name === '' || name === '.' || name === '..' || name.includes('/')
  if (!bad && !CONTROLS.test(name)) return
  throw new BywayError('DATAERR', `${what} ${JSON.stringify(name)} cannot be the name of a file`, {
    hint: 'correct the var in the inventory; its machine, generator and file are plain names',
  })
}

/** The real path, proven to be within the clan's; null: not there. */
async function confine(clan: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) checkName(name, 'var path')
  const root = await findClan(clan)
  const path = join(root, ...names)
  const real = await realpath(path).catch((error: unknown) => interpret(error, path))
  if (real === null) return null
  if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return real
  throw new BywayError('DATAERR', `${path} leads out of the clan's directory`, {
    hint: 'replace the symbolic link by the file itself',
  })
}

async function findClan(clan: string): Promise<string> {
  try {
    return await realpath(clan)
  } catch (error) {
    throw clanIsNotThere(clan, error)
  }
}

function clanIsNotThere(clan: string, cause: unknown): BywayError {
  return new BywayError('NOINPUT', `clan directory ${clan}: ${reasonOf(cause)}`, {
    hint: 'name the directory with --flake',
    cause,
  })
}

async function readRegular(path: string): Promise<Buffer> {
  // Not following and not blocking: the path was real a moment ago, and may be a pipe by now.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(path, flags)
  try {
    return await readWhole(handle, path)
  } finally {
    await handle.close()
  }
}

async function readWhole(handle: FileHandle, path: string): Promise<Buffer> {
  const stat = await handle.stat()
  if (!stat.isFile()) throw new BywayError('DATAERR', `${path} is not a regular file`)
  if (stat.size > SIZE_LIMIT) throw new BywayError('DATAERR', `${path} is larger than 16 MiB`)
  return handle.readFile()
}

function interpret(error: unknown, path: string): null {
  if (error instanceof BywayError) throw error
  const code = codeOf(error)
  const exit = code in FAILURES ? FAILURES[code] : 'NOINPUT'
  if (exit === null) return null
  throw new BywayError(exit ?? 'NOINPUT', `read ${path}: ${reasonOf(error)}`, { cause: error })
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** Node's `ENOENT: no such file or directory, open '/x'`, without what the caller says already. */
function reasonOf(error: unknown): string {
  const [, reason] = /^[A-Z]+: ([^,]+)/.exec(messageOf(error)) ?? []
  return reason ?? messageOf(error)
}
