import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import type { RandomAccess } from './compiled.ts'
import { makeOwnFolder, requireOwnFolder } from './ownership.ts'

/** Bytes that take room on a disk. */
const BLOCK = 4096

/** An open cache file; unless it is closed, it stays open as long as the process lives. */
export class CacheFile implements RandomAccess {
  readonly #fd: number
  readonly size: number

  /**
   * Throws when the file is not there, no regular file, another user's, or one that others may
   * write, or put into its folder: then somebody else could have planted it.
   */
  constructor(path: string) {
    requireOwnFolder(dirname(path))
    // a pipe would have us wait for somebody who writes
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(this.#fd)
    this.size = stat.size
    if (stat.isFile() && stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0) return
    closeSync(this.#fd)
    throw new Error(`${path} is not this user's alone`)
  }

  read(offset: number, length: number): Buffer {
    // a damaged file may say that it is of any length
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - offset)))
    return bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, offset))
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Why nothing can be kept in a folder, in the system's words or ours; null: it can. */
export function whyNotKept(folder: string): string | null {
  const probe = join(folder, 'probe')
  try {
    writeCacheFile(probe, Buffer.alloc(BLOCK))
    rmSync(probe, { force: true })
    return null
  } catch (error) {
    return messageOf(error)
  }
}

/** All of a file that only this user can have written; null: it is not there, or another's. */
export function readCacheFile(path: string): Buffer | null {
  try {
    const file = new CacheFile(path)
    const bytes = file.read(0, file.size)
    file.close()
    return bytes
  } catch {
    return null
  }
}

/**
 * Replaces the file in one step, readable by this user only. Throws the system's error, and one of
 * ours when others may write in its folder.
 */
export function writeCacheFile(path: string, bytes: Uint8Array): void {
  makeOwnFolder(dirname(path))
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  const fd = openSync(draft, 'wx', 0o600)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    closeSync(fd)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
