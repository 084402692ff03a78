import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BywayError, messageOf } from './core/errors.ts'

/** Signals that end byway. */
const ENDING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** A folder that only we can enter, made when it is asked for. */
export class ScratchFolder {
  #path: string | null = null

  /** Absolute. Throws NOPERM when it cannot be made. */
  get path(): string {
    if (this.#path !== null) return this.#path
    try {
      this.#path = mkdtempSync(join(tmpdir(), 'byway-'))
    } catch (cause) {
      throw new BywayError('NOPERM', `make a temporary folder: ${messageOf(cause)}`, { cause })
    }
    for (const signal of ENDING) process.on(signal, this.#leaveBy)
    return this.#path
  }

  /** Removes it, with all that is in it. Never throws, and may be called again. */
  remove(): void {
    for (const signal of ENDING) process.off(signal, this.#leaveBy)
    try {
      if (this.#path !== null) rmSync(this.#path, { recursive: true, force: true })
    } catch {
      // somebody else has
    }
    this.#path = null
  }

  /** The signal is to be what ends byway, unless others listen for it. */
  readonly #leaveBy = (signal: NodeJS.Signals): void => {
    this.remove()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
}
