import { type Flag, GLOBAL_FLAGS } from '../../arguments.ts'
import type { Command } from '../command.ts'

/** What may stand somewhere: words known by now, words that byway is asked for, or paths. */
export type Completion =
  | { readonly words: readonly string[] }
  | { readonly ask: 'machines' | 'networks' | 'daemons' }
  | { readonly path: 'file' | 'folder' }
  /** anything; nothing is offered */
  | null

/** A flag as it is typed. */
export interface TypedFlag {
  /** `network` */
  readonly long: string
  /** `n` */
  readonly short: string | undefined
  readonly describe: string
  readonly repeats: boolean
  /** of its value; undefined: it has none */
  readonly value: Completion | undefined
}

/** A command as it is typed. */
export interface TypedCommand {
  readonly name: string
  readonly describe: string
  readonly flags: readonly TypedFlag[]
  /** its words by place */
  readonly places: readonly Place[]
}

/** A word of a command. */
export interface Place {
  readonly name: string
  readonly completion: Completion
  /** true for the last one, where it stands for all that follow */
  readonly repeats: boolean
}

/** What a command line may be made of, as the shells' scripts are told. */
export interface Grammar {
  /** flags that every command takes */
  readonly flags: readonly TypedFlag[]
  readonly commands: readonly TypedCommand[]
}

/** By what `usage` and a flag's `value` call it. */
const BY_NAME: Readonly<Record<string, Completion>> = {
  machine: { ask: 'machines' },
  machines: { ask: 'machines' },
  host: { ask: 'machines' },
  network: { ask: 'networks' },
  daemon: { ask: 'daemons' },
  file: { path: 'file' },
  flake: { path: 'folder' },
}

const BUILT_IN: Readonly<Record<string, Flag>> = {
  help: { type: 'boolean', short: 'h', describe: 'this help' },
  version: { type: 'boolean', describe: 'print the version' },
}

/** The grammar of the commands' table. */
export function makeGrammar(commands: readonly Command[]): Grammar {
  return {
    flags: typedFlags({ ...GLOBAL_FLAGS, ...BUILT_IN }),
    commands: commands.map(({ name, usage, describe, flags, choices }) => ({
      name,
      describe,
      flags: typedFlags(flags),
      places: [...usage.matchAll(/[<[](\w+)(\.\.)?/g)].map(([, place = '', dots]) => {
        const words = choices?.[place]
        const completion = words === undefined ? (BY_NAME[place] ?? null) : { words }
        return { name: place, completion, repeats: dots !== undefined }
      }),
    })),
  }
}

/** `--network` and `-n`. */
export function spell({ long, short }: TypedFlag): string[] {
  return [`--${long}`, ...(short === undefined ? [] : [`-${short}`])]
}

/** The text in single quotes, for any shell but fish. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function typedFlags(flags: Readonly<Record<string, Flag>>): TypedFlag[] {
  return Object.entries(flags).map(([long, { short, describe, type, multiple, value }]) => ({
    long,
    short,
    describe,
    repeats: multiple === true,
    value: type === 'boolean' ? undefined : (BY_NAME[value ?? ''] ?? null),
  }))
}
