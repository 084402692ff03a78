import type { Launch } from '../../core/daemon.ts'

/** A program that a recipe runs, and the Debian package that brings it, or where else it is had. */
export type Need = { readonly program: string } & (
  | { readonly debian: string }
  | { readonly source: string }
)

/** What a network's configuration gives, read and decrypted. Nothing of it may be shown. */
export interface Given {
  /** the daemon's name */
  readonly name: string
  /** the overlay's own configuration; null: none */
  readonly config: string | null
  /** where that is, absolute, when it is a file or a folder */
  readonly configPath: string | null
  readonly key: string | null
  /** where the key is, absolute, when it is a file */
  readonly keyPath: string | null
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** One way to start what a technology needs. */
export interface Recipe {
  /** the program that people know it by */
  readonly name: string
  /** in a network namespace of its own */
  readonly namespace: boolean
  readonly needs: readonly Need[]
  /** keys of `daemon` without which there is no start: one of each list */
  readonly wants: readonly (readonly ('config' | 'key' | 'args')[])[]
  /** true: `config` names a folder, which the daemon reads itself */
  readonly folder?: boolean
  /** False where what was read is for another recipe, if one can be started; absent: it takes all. */
  takes?(given: Given): boolean
  /** How it is started. Throws CONFIG, without a word of what was given. */
  launch(given: Given): Promise<Launch> | Launch
}

/** iproute2, which every daemon with an interface needs, and most scripts. */
export const IP: Need = { program: 'ip', debian: 'iproute2' }
