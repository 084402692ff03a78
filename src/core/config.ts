import type { NetworkEntry } from './types.ts'

/** One source of an inventory that the configuration names. Paths are as written there. */
export type SourceEntry =
  | { readonly name?: string; readonly file: string }
  | { readonly name?: string; readonly flake: string }

/** How a daemon says that it can be used: exactly one of the three. */
export type Readiness =
  /** its SOCKS address answers a greeting */
  | { readonly socks: true }
  /** a line of its output matches this regular expression */
  | { readonly log: string }
  /** this file exists */
  | { readonly file: string }

/** What the configuration says of a program that byway may start. Every key may be missing. */
export interface DaemonEntry {
  /** the program: a path, or a name that is looked up in PATH */
  readonly binary?: string
  /** path of a file that tor's own configuration includes */
  readonly torrc?: string
  /** seconds that it stays after its last user is gone */
  readonly linger?: number
  /** a program and its arguments, never given to a shell */
  readonly command?: readonly string[]
  readonly ready?: Readiness
  /** where its SOCKS5 proxy listens: the forms of `NetworkSettings.socks` */
  readonly socks?: string
  /** variables added to its environment */
  readonly env?: Readonly<Record<string, string>>
}

/** What a configuration file says. Every key may be missing; the defaults are their users'. */
export interface Config {
  /** a flake's directory or reference, as written */
  readonly flake?: string
  readonly inventory?: readonly SourceEntry[]
  /** seconds: the budget for finding a route */
  readonly timeout?: number
  /** milliseconds between the starts of two routes */
  readonly stagger?: number
  /** milliseconds that a route which is up waits for one of higher priority */
  readonly grace?: number
  /** the machine of the inventory that this computer is */
  readonly self?: string
  /** whether inventories may name programs to run: all, none, or those of these sources */
  readonly allowCommands?: boolean | readonly string[]
  /** by the network's name */
  readonly networks: ReadonlyMap<string, NetworkEntry>
  /** by the daemon's name */
  readonly daemons: ReadonlyMap<string, DaemonEntry>
}
