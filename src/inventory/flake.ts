import { join, resolve } from 'node:path'
import { keyOf } from './key.ts'

/** `github:…`, `git+file:…`: a reference, where anything else is a directory. */
const REFERENCE = /^[a-z][a-z0-9+.-]*:/i
/** References to directories of this computer. */
const LOCAL = /^(?:path:|git\+file:)(?:\/\/)?([^?#]+)(?:\?(?:.*&)?dir=([^&#]*))?/i

/** True for a flake reference with a scheme, false for a directory. */
export function isReference(flake: string): boolean {
  return REFERENCE.test(flake)
}

/** The flake as it is known from anywhere: a directory becomes absolute, `base` being where it is named. */
export function absoluteFlake(flake: string, base: string): string {
  const path = /^path:([^/?#][^?#]*)(.*)$/is.exec(flake)
  if (path !== null) return `path:${resolve(base, path[1] ?? '')}${path[2]}`
  return isReference(flake) ? flake : resolve(base, flake)
}

/** The directory on this computer that a flake, made absolute, is in; null: it is elsewhere. */
export function directoryOf(flake: string): string | null {
  if (!isReference(flake)) return flake
  const [, path, below = ''] = LOCAL.exec(flake) ?? []
  return path?.startsWith('/') ? join(path, decode(below)) : null
}

/** Percent-encoding undone; what is none stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The flake, or a text with its URL in it, for people: without a password or token that it may have.
 * A user alone is a token in many URLs of https, and none in one of ssh.
 */
export function showFlake(flake: string): string {
  return flake
    .replace(/(?<!ssh):\/\/(?!git@)[^/\s]*@/gi, '://[secret]@')
    .replace(/(?<=ssh):\/\/[^/\s:@]*:[^/\s]*@/gi, '://[secret]@')
    .replace(/\b(\w*token=)[^&#\s]*/gi, '$1…')
}

/** The file in the cache's folder that keeps what a flake was evaluated to. */
export function evaluationPath(cache: string, flake: string): string {
  return join(cache, `${keyOf(flake)}.evaluation.json`)
}

/** The file that keeps why the last evaluation failed. */
export function failurePath(cache: string, flake: string): string {
  return join(cache, `${keyOf(flake)}.failure.json`)
}

/** The end of the names of files in the state's folder that keep exports with secret names in them. */
const EXPORTS = '.exports.json'

/** The file that keeps exports of this checksum. */
export function exportsPath(state: string, flake: string, checksum: number): string {
  return join(state, `${keyOf(flake)}.${checksum.toString(16)}${EXPORTS}`)
}

/** True for the name of a file that keeps, or kept, exports of this flake. */
export function isExportsName(name: string, flake: string): boolean {
  return name.startsWith(`${keyOf(flake)}.`) && name.endsWith(EXPORTS)
}
