import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { BywayError, type ExitName, messageOf } from '../core/errors.ts'

/** Added to a file's name for the one that is to take its place. */
const DRAFT = '.byway-new'
/** Links that one link may lead through. */
const LINKS = 40

/** A file of the user's, as it was when it was read. */
export interface UserFile {
  /** where it is: behind all symbolic links; absolute */
  readonly path: string
  /** null: it is not there */
  readonly bytes: Buffer | null
}

/** What is to take a file's place, on the disk already. */
export interface Draft {
  /** absolute */
  readonly path: string
  /** Puts it in the file's place, in one step. Throws NOPERM, or IOERR when the file has changed. */
  commit(): void
  /** Removes it. */
  discard(): void
}

/** Reads a file; one that is not there may be made later. Throws NOINPUT when it cannot be read. */
export function readUserFile(path: string): UserFile {
  const real = followLinks(path)
  try {
    return { path: real, bytes: readFileSync(real) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: real, bytes: null }
    throw failure('read', real, error)
  }
}

/**
 * Writes what is to take the file's place beside it, with its mode and owner; a new file is of mode
 * 0600. Throws NOPERM.
 */
export function draftUserFile(file: UserFile, bytes: Buffer): Draft {
  const path = `${file.path}${DRAFT}`
  try {
    rmSync(path, { force: true })
    writeDraft(path, file.path, bytes)
  } catch (error) {
    rmSync(path, { force: true })
    throw failure('write', file.path, error)
  }
  const discard = () => rmSync(path, { force: true })
  return { path, discard, commit: () => commit(file, path) }
}

/** Removes a file. Throws as `commit` does. */
export function removeUserFile(file: UserFile): void {
  requireUnchanged(file)
  try {
    rmSync(file.path, { force: true })
    syncFolder(file.path)
  } catch (error) {
    throw failure('remove', file.path, error)
  }
}

/** A link's name stays, and what it leads to is replaced; it may lead to what is not there yet. */
function followLinks(path: string): string {
  let at = path
  for (let links = 0; links < LINKS; links++) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at
    at = resolve(dirname(at), readlinkSync(at))
  }
  throw new BywayError('NOINPUT', `read "${path}": its symbolic links go round in a circle`)
}

function writeDraft(path: string, model: string, bytes: Buffer): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    const like = statSync(model, { throwIfNoEntry: false })
    if (like !== undefined) takeAfter(fd, like)
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function takeAfter(fd: number, { uid, gid, mode }: { uid: number; gid: number; mode: number }) {
  const own = fstatSync(fd)
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid)
  fchmodSync(fd, mode & 0o7777)
}

function commit(file: UserFile, draft: string): void {
  try {
    requireUnchanged(file)
    renameSync(draft, file.path)
    syncFolder(file.path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw failure('replace', file.path, error)
  }
}

/** What an editor has saved meanwhile is not to be lost. */
function requireUnchanged({ path, bytes }: UserFile): void {
  const now = readUserFile(path).bytes
  const same = now === null || bytes === null ? now === bytes : now.equals(bytes)
  if (!same) {
    throw new BywayError('IOERR', `"${path}" has just been changed by somebody else`, {
      hint: 'run the same again',
    })
  }
}

/** So that the step itself outlives a power cut. */
function syncFolder(path: string): void {
  const fd = openSync(dirname(path), 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function failure(verb: string, path: string, cause: unknown): BywayError {
  if (cause instanceof BywayError) return cause
  const exit: ExitName = verb === 'read' ? 'NOINPUT' : 'NOPERM'
  const denied = verb === 'read' && (cause as NodeJS.ErrnoException).code === 'EACCES'
  const hint = denied ? `if it is yours by rights: sudo chown $USER ${path}` : undefined
  return new BywayError(exit, `${verb} "${path}": ${messageOf(cause)}`, { cause, hint })
}
