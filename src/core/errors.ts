/**
 * The exit statuses of sysexits.h that byway uses, by their names there.
 * The contract is the table in README "Exit status".
 */
export const EXIT_STATUS = {
  OK: 0,
  USAGE: 64,
  DATAERR: 65,
  NOINPUT: 66,
  NOHOST: 68,
  UNAVAILABLE: 69,
  SOFTWARE: 70,
  IOERR: 74,
  NOPERM: 77,
  CONFIG: 78,
} as const

/** Why byway ends: a name from sysexits.h without its `EX_`. */
export type ExitName = keyof typeof EXIT_STATUS

/** What an error may carry besides its message. */
export interface ErrorDetails {
  /** One thing that a person can do about it, as a sentence part: lower case, no final period. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** There was nothing to dial here: a race goes on as if the route had not been started. */
  readonly skipped?: boolean
}

/**
 * The one error class of byway. The message is lower case, without a final period, quotes the
 * input and names operation and address. It never holds a secret: no onion name, ticket, key or
 * proxy password (see `core/secret.ts`).
 */
export class BywayError extends Error {
  override readonly name = 'BywayError'
  readonly exit: ExitName
  readonly hint: string | undefined
  readonly skipped: boolean

  constructor(exit: ExitName, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.exit = exit
    this.hint = details.hint
    this.skipped = details.skipped === true
  }
}

/** The message of anything thrown: an `Error`'s own, else its string form. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
