import { statSync } from 'node:fs'

/** What tells one version of a file from the next without reading it. */
export interface Stamp {
  /** absolute */
  readonly path: string
  /** device, inode, size, times of modification and change in nanoseconds; or why there are none */
  readonly state: string
}

/** A file's stamp now. That it is not there, or cannot be looked at, is a state too. */
export function stampOf(path: string): Stamp {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return { path, state: [dev, ino, size, mtimeNs, ctimeNs].join(' ') }
  } catch (error) {
    return { path, state: String((error as NodeJS.ErrnoException).code) }
  }
}

/** True when every file is in the state of its stamp. */
export function stillTrue(stamps: readonly Stamp[]): boolean {
  return stamps.every(({ path, state }) => stampOf(path).state === state)
}
