import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeOwnFolder } from './inventory/ownership.ts'

/** Bytes of a file before it becomes `<path>.1`, in whose place the last one was. */
const ROTATE_AT = 256 * 1024

/** A named pipe that nobody reads must not hold a login up, nor a link lead elsewhere. */
const FLAGS =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_APPEND |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK

/**
 * Adds a text to the end of a file of this user alone, in one write, so that many may do so at
 * once. Never throws: a full disk or a read-only home is no reason for a login to fail.
 */
export function appendRotated(path: string, text: string): void {
  try {
    makeOwnFolder(dirname(path))
    const fd = openSync(path, FLAGS, 0o600)
    try {
      writeSync(fd, text)
      const { size, ino } = fstatSync(fd)
      // another one may have done so, and begun the next
      if (size >= ROTATE_AT && statSync(path).ino === ino) renameSync(path, `${path}.1`)
    } finally {
      closeSync(fd)
    }
  } catch {
    // see above
  }
}
