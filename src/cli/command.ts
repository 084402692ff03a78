import type { Flag, GlobalFlags } from '../arguments.ts'
import type { Voice, World } from '../wiring.ts'
import type { Style } from './ui/style.ts'

/** What a command line gave a command: flags by name, words by place. */
export interface Given {
  /** the words after the command, as its `usage` names them */
  readonly words: readonly string[]
  /** strings, booleans, or lists of strings for flags that repeat */
  readonly flags: Readonly<Record<string, unknown>>
  readonly global: GlobalFlags
}

/** What a command works with. */
export interface Context {
  /**
   * Opens inventory and networks, once; `voice`: how byway speaks meanwhile, if not on stderr.
   * Throws what `makeWorld` throws.
   */
  world(voice?: Voice): Promise<World>
  /** every command there is */
  readonly commands: readonly Command[]
  /** Writes to stdout; resolves when it is written. */
  print(text: string): Promise<void>
  /** how stdout is to look */
  readonly style: Style
}

/** One command: its help, its flags and its work. One file in `cli/` each. */
export interface Command {
  readonly name: string
  /** `<required>`, `[optional]` and `[list..]` words, in order */
  readonly usage: string
  /** the words that may stand at a place of `usage`, by its name there; absent: any may */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  readonly describe: string
  readonly flags: Readonly<Record<string, Flag>>
  /** command lines worth showing, without `byway`; at least two, of at most 36 characters */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** The exit status. Throws a `BywayError`. */
  run(given: Given, context: Context): Promise<number>
}

/** The flag by which a command prints one JSON document instead of a table. */
export const JSON_FLAG = {
  json: { type: 'boolean', describe: 'print one JSON document' },
} as const satisfies Record<string, Flag>
