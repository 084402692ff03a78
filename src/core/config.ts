import type { DaemonEntry, NetworkEntry } from './types.ts'

/** One source of an inventory that the configuration names. Paths are as written there. */
export type SourceEntry =
  | { readonly name?: string; readonly file: string }
  | { readonly name?: string; readonly flake: string }

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
