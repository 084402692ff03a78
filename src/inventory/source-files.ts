import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { BywayError, messageOf } from '../core/errors.ts'
import { readCacheFile } from './cache-file.ts'
import type { SourceText } from './excerpt.ts'
import { findOtherWriter, isNotTrusted } from './ownership.ts'
import { type Stamp, stampOf } from './stamp.ts'

/** A file's text, and who else than this user and root may have written it; null: nobody. */
interface Text extends SourceText {
  readonly otherWriter: string | null
}

/** The files that an inventory is made of, each read once, with their stamps from before that. */
export class SourceFiles {
  readonly stamps: Stamp[] = []
  readonly texts: Text[] = []

  /** The file's text; null when it is not there. Throws NOINPUT when it cannot be read. */
  read(path: string): string | null {
    const known = this.#find(path)
    if (known !== undefined) return known.bytes.toString()
    const { state } = this.#stamp(path)
    try {
      const text = readText(path, state)
      this.texts.push(text)
      return text.bytes.toString()
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      throw new BywayError('NOINPUT', `read "${path}": ${messageOf(cause)}`, { cause })
    }
  }

  /** The text of a file that byway keeps; empty when it is not there, or not to be trusted. */
  readKept(path: string): string {
    const { state } = this.#stamp(path)
    const bytes = readCacheFile(path) ?? Buffer.alloc(0)
    this.texts.push({ path, bytes, state, otherWriter: null })
    return bytes.toString()
  }

  /** The text of a file that has to be there. Throws NOINPUT. */
  require(path: string): string {
    const text = this.read(path)
    if (text !== null) return text
    throw new BywayError('NOINPUT', `read "${path}": no such file`)
  }

  /** Throws CONFIG where what was read at that path, which says what is run, may be another's. */
  requireTrusted(path: string): void {
    const fault = this.#find(path)?.otherWriter ?? null
    if (fault !== null) throw isNotTrusted(path, fault)
  }

  #stamp(path: string): Stamp {
    const stamp = stampOf(path)
    this.stamps.push(stamp)
    return stamp
  }

  #find(path: string): Text | undefined {
    return this.texts.find((text) => text.path === path)
  }
}

/** What is read is what was looked at: there may be another file at that path a moment later. */
function readText(path: string, state: string): Text {
  const file = openSync(path, 'r')
  try {
    const otherWriter = findOtherWriter(fstatSync(file))
    return { path, bytes: readFileSync(file), state, otherWriter }
  } finally {
    closeSync(file)
  }
}
