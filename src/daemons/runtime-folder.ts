import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { temporaryFolder } from '../children/temporary-folder.ts'
import { BywayError, messageOf } from '../core/errors.ts'
import { tryLink } from './claim.ts'

/** Bytes that the folder's path may have: a socket's name below it must fit into sun_path (unix(7)). */
const LONGEST = 60
/** Bytes of what is added to the system's temporary folder. */
const ADDED = '/byway-abcdef'.length
/** How often somebody else may be faster. */
const TRIES = 20

const NOTE = /^runtime-folder\.(\d+)$/

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
 * under a name that nobody can guess and that the state folder remembers, which `make` makes.
 * Throws NOPERM when neither can be made.
 */
export function openRuntimeFolder(
  { xdg, state }: RuntimePlaces,
  make: (folder: string) => void,
): string {
  return folderBelow(xdg) ?? rememberedFolder(state, make)
}

function folderBelow(xdg: string | undefined): string | null {
  if (!xdg?.startsWith('/') || Buffer.byteLength(xdg) > LONGEST || !isPrivate(xdg)) return null
  const folder = join(xdg, 'byway')
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch {
    // it is there, or cannot be: we look
  }
  return isPrivate(folder) ? folder : null
}

/**
 * The folder that the highest note, `runtime-folder.<generation>`, names. A note is made by link(2),
 * which one alone can do, and the highest is never removed: of several that do this at once all end
 * with the same folder.
 */
function rememberedFolder(state: string, make: (folder: string) => void): string {
  try {
    make(state)
    if (!isWrittenByUs(state)) throw new Error(`others may write in ${state}`)
    for (let tries = 0; tries < TRIES; tries++) {
      const highest = highestNote(state)
      const folder = readNote(notePath(state, highest))
      if (folder !== null) return folder
      makeNote(state, highest + 1)
    }
    throw new Error(`the notes in ${state} do not last`)
  } catch (cause) {
    const ours = cause instanceof BywayError ? cause.hint : undefined
    const hint = ours ?? 'set XDG_RUNTIME_DIR to a folder that only you can enter'
    throw new BywayError('NOPERM', `no folder for sockets: ${messageOf(cause)}`, { cause, hint })
  }
}

function makeNote(state: string, generation: number): void {
  const folder = mkdtempSync(join(temporaryFolder(ADDED, LONGEST), 'byway-'))
  const draft = join(state, `note-of-${basename(folder)}`)
  let settled = false
  try {
    writeFileSync(draft, folder, { mode: 0o600 })
    settled = settle(state, draft, generation)
  } finally {
    rmSync(draft, { force: true })
    if (!settled) rmSync(folder, { recursive: true, force: true })
  }
}

/** True when the draft has become the highest note. */
function settle(state: string, draft: string, generation: number): boolean {
  const note = notePath(state, generation)
  if (!tryLink(draft, note)) return false
  const highest = highestNote(state) === generation
  if (highest) removeBefore(state, generation)
  else rmSync(note, { force: true })
  return highest
}

function removeBefore(state: string, generation: number): void {
  for (const each of generations(state)) {
    if (each < generation) rmSync(notePath(state, each), { force: true })
  }
}

function highestNote(state: string): number {
  return Math.max(0, ...generations(state))
}

function generations(state: string): number[] {
  return readdirSync(state)
    .map((name) => Number(NOTE.exec(name)?.[1] ?? 0))
    .filter((generation) => generation > 0)
}

function notePath(state: string, generation: number): string {
  return join(state, `runtime-folder.${generation}`)
}

function readNote(note: string): string | null {
  try {
    const folder = readFileSync(note, 'utf8')
    return isPrivate(folder) ? folder : null
  } catch {
    return null
  }
}

/** True for a folder of this user's in which nobody else can leave a note. */
function isWrittenByUs(path: string): boolean {
  const { uid, mode } = statSync(path)
  return uid === process.geteuid?.() && (mode & 0o022) === 0
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
