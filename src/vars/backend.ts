import type { Tell, VarReference } from '../core/types.ts'

/** The user's environment: where identities and stores are, and what the user's programs get. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What reading a var is given besides its name. */
export interface VarContext {
  /** aborts when the route is given up: programs that run for it end at once */
  readonly signal: AbortSignal
  readonly tell: Tell
  readonly env: Environment
  /** Waits until a program may be started, which may ask the person something; absent: at once. */
  readonly mayStart?: (() => Promise<void>) | undefined
}

/** One way in which Clan keeps vars. */
export interface VarBackend {
  readonly name: string
  /**
   * The var's bytes as they were stored, per-machine before shared; null: this backend holds no
   * such var. Throws a `BywayError`: DATAERR (tampered, truncated, of a wrong shape, leads out of
   * the clan's directory), NOPERM (no key at hand opens it), NOINPUT (a file cannot be read); and
   * the signal's reason when that aborts.
   */
  read(clan: string, ref: VarReference, context: VarContext): Promise<Uint8Array | null>
}
