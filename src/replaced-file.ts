import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { BywayError } from './core/errors.ts'

/**
 * Writes a file whole or not at all: who reads it meanwhile has the old one or the new one. What
 * is no ordinary file (a terminal, a pipe) is written to as it is. Throws IOERR.
 */
export function replaceFile(path: string, text: string): void {
  try {
    const place = look(path)
    if (place === null) writeFileSync(path, text)
    else replace(place, text)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new BywayError('IOERR', `write "${path}": ${REASONS[code ?? ''] ?? code}`, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'no such folder',
  EACCES: 'permission denied',
  EROFS: 'read-only file system',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space left',
}

interface Place {
  /** the file itself, where the path is a link to it */
  readonly path: string
  readonly mode: number
}

/** Null: it is there, and no ordinary file. */
function look(path: string): Place | null {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return { path, mode: 0o666 & ~process.umask() }
  return found.isFile() ? { path: realpathSync(path), mode: found.mode & 0o777 } : null
}

function replace({ path, mode }: Place, text: string): void {
  const draft = `${path}.${process.pid}.draft`
  try {
    writeFileSync(draft, text, { mode, flag: 'wx', flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
