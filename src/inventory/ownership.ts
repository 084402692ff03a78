import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { BywayError } from '../core/errors.ts'
import { isOwnGroup } from './own-group.ts'

/** Bits of a mode with which group or others may write. */
const WRITABLE = 0o022
/** Bits of a folder in which everybody may make his own, as in /tmp. */
const FOR_ALL = 0o1002

/**
 * Makes sure that what is in a folder can only be this user's doing. Whoever else may write in it
 * could put a pipe in a file's place, or an old file of the user's in that of another. Throws the
 * system's error when the folder is not there, and one of ours when it is not the user's alone.
 */
export function requireOwnFolder(path: string): void {
  const { uid, mode } = statSync(path)
  const linked = lstatSync(path).uid
  const own = process.geteuid?.()
  if (uid === own && linked === own && (mode & WRITABLE) === 0) return
  throw new Error(`${path} is not this user's alone`)
}

/** The same for a folder that is made when it is missing, mode 0700. */
export function makeOwnFolder(path: string): void {
  makeFolders(path)
  requireOwnFolder(path)
}

/**
 * Makes a folder, and those above it, where they are missing, mode 0700. Throws the system's error,
 * and NOPERM where they would stand in another user's folder, as in his home under `sudo -E`: they
 * would shut out whose home it is.
 */
export function makeFolders(path: string): void {
  requireOwnPlace(path)
  mkdirSync(path, { recursive: true, mode: 0o700 })
}

/** root's are places for others, as far as the system lets anybody in. */
function requireOwnPlace(path: string): void {
  const { at, stat } = findNearest(path)
  const isOurs = stat.uid === process.geteuid?.() || stat.uid === 0
  if (at === path || isOurs || (stat.mode & FOR_ALL) === FOR_ALL) return
  throw new BywayError('NOPERM', `${at} belongs to user ${stat.uid}: nothing is made in it`, {
    hint: 'use a home of your own, as "sudo -H" does',
  })
}

/** The folder itself, or the nearest above it that is there. */
function findNearest(path: string): { readonly at: string; readonly stat: Stats } {
  for (let at = path; ; at = dirname(at)) {
    const stat = dirname(at) === at ? statSync(at) : lookAt(at)
    if (stat !== null) return { at, stat }
  }
}

/** Null: it is not there, or cannot be looked at. `look`: lstatSync for a link itself. */
export function lookAt(path: string, look: (path: string) => Stats = statSync): Stats | null {
  try {
    return look(path)
  } catch {
    return null
  }
}

/**
 * Who else than this user and root may have written a file, in words (as ssh looks at its own
 * configuration); null: nobody. The user's group may where it is the user's alone, root's where the
 * file is root's. Null as well when it cannot be looked at, and so not be read.
 */
export function whoElseWrites(path: string): string | null {
  const stat = lookAt(path)
  return stat === null ? null : findOtherWriter(stat)
}

/** The same by what fstat(2) says of the file. */
export function findOtherWriter({ uid, gid, mode }: Stats): string | null {
  const own = process.geteuid?.() ?? 0
  if (uid !== 0 && uid !== own) return `it belongs to user ${uid}`
  if ((mode & 0o002) !== 0) return 'everybody may write it'
  if ((mode & 0o020) === 0 || (uid === 0 && gid === 0)) return null
  const isPrivate = isOwnGroup(gid, { uid: own, gid: process.getegid?.() ?? 0 })
  return isPrivate ? null : `group ${gid} may write it`
}

/** A file says what is run, and somebody else may have written it. */
export function isNotTrusted(path: string, fault: string): BywayError {
  return new BywayError('CONFIG', `${path}: ${fault}, and it may name programs to run`, {
    hint: `make it yours alone: chown and chmod go-w ${path}`,
  })
}
