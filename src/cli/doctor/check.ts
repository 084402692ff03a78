import type { GlobalFlags } from '../../arguments.ts'
import type { Environment } from '../../inventory/locate.ts'
import type { World } from '../../wiring.ts'

/** What a check found. */
export interface Finding {
  /** `failure`: it would stop a login; `warning`: it may make one slower, or stop it one day */
  readonly level: 'good' | 'warning' | 'failure'
  /** holds no secret */
  readonly text: string
  /** the command that mends it, or what else does; null: there is nothing to mend */
  readonly mend: string | null
}

/** What checks look at. */
export interface Patient {
  readonly env: Environment
  readonly flags: GlobalFlags
  /** null: the inventory cannot be opened */
  readonly world: World | null
  /** why it cannot be opened; undefined: it can */
  readonly fault: unknown
  /** how this byway is run: a program and its first arguments */
  readonly self: readonly string[]
  /** aborts when the check has taken too long */
  readonly signal: AbortSignal
}

/** One thing that `byway doctor` looks at. */
export interface Check {
  /** one or two words */
  readonly name: string
  /** Throws nothing that is to be expected; bounded by the signal. */
  run(patient: Patient): Finding[] | Promise<Finding[]>
}

/** What mends it where `$HOME` is another user's. */
export const AS_OWNER = 'run byway as that user, without sudo'

/** All is as it should be. */
export function good(text: string): Finding {
  return { level: 'good', text, mend: null }
}

/** Something that a login can do without. */
export function warning(text: string, mend: string): Finding {
  return { level: 'warning', text, mend }
}

/** Something that stops a login. */
export function failure(text: string, mend: string): Finding {
  return { level: 'failure', text, mend }
}

/** Names for a sentence: the first few, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
