import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BywayError } from '../core/errors.ts'

/** Bytes that the folder's path may have: a socket's name below it must fit into sun_path (unix(7)). */
const LONGEST = 60

/** Where the folder is looked for. Absolute paths. */
export interface RuntimePlaces {
  /** `$XDG_RUNTIME_DIR`; undefined: not set */
  readonly xdg: string | undefined
  /** byway's folder below `$XDG_STATE_HOME` */
  readonly state: string
}

/**
 * byway's folder for sockets, locks and leases, made when it is missing: `byway` below
 * `$XDG_RUNTIME_DIR`, else a folder of this user's alone below the system's temporary folder,
 * under a name that nobody can guess and that the state folder remembers. Throws NOPERM when
 * neither can be made.
 */
export function openRuntimeFolder({ xdg, state }: RuntimePlaces): string {
  if (xdg?.startsWith('/') && isPrivate(xdg) && xdg.length <= LONGEST) {
    const folder = join(xdg, 'byway')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (isPrivate(folder)) return folder
  }
  const note = join(state, 'runtime-folder')
  return remembered(note) ?? remember(note)
}

function remembered(note: string): string | null {
  try {
    const folder = readFileSync(note, 'utf8')
    return isPrivate(folder) ? folder : null
  } catch {
    return null
  }
}

/** Of several that do this at once, one name stays, and all use that. */
function remember(note: string): string {
  try {
    mkdirSync(dirname(note), { recursive: true, mode: 0o700 })
    const folder = mkdtempSync(join(tmpdir(), 'byway-'))
    const draft = `${note}.${process.pid}`
    writeFileSync(draft, folder, { mode: 0o600 })
    if (remembered(note) === null) rmSync(note, { force: true })
    const settled = tryLink(draft, note) ? folder : (remembered(note) ?? folder)
    rmSync(draft)
    if (settled !== folder) rmSync(folder, { recursive: true })
    return settled
  } catch (cause) {
    const hint = 'set XDG_RUNTIME_DIR to a folder that only you can enter'
    throw new BywayError('NOPERM', `no folder for sockets: ${(cause as Error).message}`, { hint })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

/** True for a folder, not a link, that belongs to this user and lets nobody else in. */
function isPrivate(path: string): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0
  } catch {
    return false
  }
}
