import { BywayError } from './errors.ts'
import type { Secret } from './secret.ts'

/** Characters of a value that is looked for in texts: shorter ones are parts of other words. */
const SHORTEST = 4
/** Characters that mean more than themselves in a regular expression. */
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g

/**
 * The text with `[secret]` in place of the value, in whatever case it stands there: name servers,
 * proxies and programs change that of a host.
 */
export function hideValue(text: string, value: string): string {
  if (value === '') return text
  return text.replace(new RegExp(value.replace(SYNTAX, '\\$&'), 'giu'), '[secret]')
}

/** The secret values that one dial has read, to be kept out of all that is said of it. */
export class Hiding {
  readonly #values: string[] = []

  /** Hides this value from now on. */
  add(secret: Secret): void {
    const value = secret.reveal()
    if (value.length >= SHORTEST) this.#values.push(value)
  }

  /** The text with `[secret]` in place of each value. */
  hide(text: string): string {
    return this.#values.reduce(hideValue, text)
  }

  /** The same error where it is not ours or says nothing secret, else one that hides it. */
  hideIn(error: unknown): unknown {
    if (!(error instanceof BywayError)) return error
    const { exit, skipped, cause } = error
    const [message, hint] = [this.hide(error.message), error.hint && this.hide(error.hint)]
    if (message === error.message && hint === error.hint) return error
    return new BywayError(exit, message, { hint, skipped, cause })
  }
}
