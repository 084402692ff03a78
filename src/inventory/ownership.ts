import { lstatSync, mkdirSync, statSync } from 'node:fs'

/** Bits of a mode with which group or others may write. */
const WRITABLE = 0o022

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
  mkdirSync(path, { recursive: true, mode: 0o700 })
  requireOwnFolder(path)
}

/**
 * Who else than this user and root may have written a file, in words (as ssh looks at its own
 * configuration); null: nobody. The user's own group may. Null as well when it is not there.
 */
export function whoElseWrites(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  const { uid, gid, mode } = stat
  if (uid !== 0 && uid !== process.geteuid?.()) return `it belongs to user ${uid}`
  if ((mode & 0o002) !== 0) return 'everybody may write it'
  if ((mode & 0o020) !== 0 && gid !== process.getegid?.()) return `group ${gid} may write it`
  return null
}
