import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { BywayError, messageOf } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Excerpt } from '../core/types.ts'
import { stateOfOpen } from './stamp.ts'

/** Bytes of a file that holds one secret at most. */
const LONGEST_SECRET = 64 * 1024

/** A file that values may be excerpts of. */
export interface SourceText {
  /** absolute */
  readonly path: string
  readonly bytes: Buffer
  /** of its stamp from before it was read */
  readonly state: string
}

/**
 * Reads an excerpt from its source. Throws NOINPUT when that is gone, or in another state than when
 * the excerpt was found: then other bytes stand there, which nobody may be sent.
 */
export function readExcerpt({ source, offset, length, state }: Excerpt): Secret {
  const bytes = Buffer.alloc(length)
  try {
    const file = openSync(source, 'r')
    try {
      const count = readSync(file, bytes, 0, length, offset)
      // looked at after it was read: nothing can have changed in between
      if (count === length && stateOfOpen(file) === state) return new Secret(bytes.toString())
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new BywayError('NOINPUT', `read "${source}": it cannot be read any more`, { cause })
  }
  const hint = 'try again: byway reads it anew'
  throw new BywayError('NOINPUT', `read "${source}": it has changed meanwhile`, { hint })
}

/**
 * Reads a file that holds one secret and nothing else. An inventory may name any file: one that is
 * no file, or has no end, is not read. Throws NOINPUT.
 */
export function readSecretFile(path: string): Secret {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile()) throw new Error('it is no regular file')
      const bytes = Buffer.alloc(LONGEST_SECRET + 1)
      const count = readSync(file, bytes, 0, bytes.length, 0)
      if (count > LONGEST_SECRET) throw new Error(`it has more than ${LONGEST_SECRET} bytes`)
      return new Secret(bytes.toString('utf8', 0, count).trim())
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new BywayError('NOINPUT', `read "${path}": ${messageOf(cause)}`, { cause })
  }
}

/**
 * Finds values in the sources' bytes. One finder goes through one inventory: values come in about
 * the order of the file, so that each search begins where the last one ended.
 */
export class ExcerptFinder {
  readonly #sources: readonly SourceText[]
  readonly #from = new Map<string, number>()

  constructor(sources: readonly SourceText[]) {
    this.#sources = sources
  }

  /** Where the value stands letter for letter; null when it stands nowhere. */
  find(value: string): Excerpt | null {
    const needle = Buffer.from(value)
    for (const { path, bytes, state } of this.#sources) {
      const ahead = bytes.indexOf(needle, this.#from.get(path) ?? 0)
      const offset = ahead >= 0 ? ahead : bytes.indexOf(needle)
      if (offset < 0) continue
      this.#from.set(path, offset)
      return { source: path, offset, length: needle.length, state }
    }
    return null
  }
}
