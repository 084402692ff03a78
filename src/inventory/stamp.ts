import { type BigIntStats, fstatSync, statSync } from 'node:fs'

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
    return { path, state: describe(statSync(path, { bigint: true })) }
  } catch (error) {
    return { path, state: String((error as NodeJS.ErrnoException).code) }
  }
}

/** The state of an open file now. Throws the system's error. */
export function stateOfOpen(fd: number): string {
  return describe(fstatSync(fd, { bigint: true }))
}

function describe({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/** True when every file is in the state of its stamp. */
export function stillTrue(stamps: readonly Stamp[]): boolean {
  return stamps.every(({ path, state }) => stampOf(path).state === state)
}
