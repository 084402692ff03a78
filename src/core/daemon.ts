import type { SocketAddress, SocksProxy } from './means.ts'
import { Secret } from './secret.ts'

/** How far a daemon's start is. */
export interface Progress {
  /** 0 to 100 */
  readonly percent: number
  /** the daemon's own words for what it does now, and what troubles it; no secrets */
  readonly phase: string
}

/** In a phase: where a person has to go before the daemon goes on (a login), which is not to be missed. */
export const LINK = /https?:\/\//

/** How a daemon says that it can be used: exactly one of the three. */
export type Readiness =
  /** its SOCKS address answers a greeting */
  | { readonly socks: true }
  /** a line of its output matches this regular expression */
  | { readonly log: string }
  /** this file exists */
  | { readonly file: string }

/** How a daemon that is ready is dialled. */
export type Way =
  /** through its SOCKS5 proxy */
  | { readonly socks: SocksPlace }
  /** from inside the network namespace of this process */
  | { readonly inside: number }
  /** through tailscaled, by its LocalAPI at this socket */
  | { readonly localApi: string }

/** Where a daemon's SOCKS5 proxy listens, and who may use it. */
export type SocksPlace = SocketAddress & {
  readonly user?: string
  readonly password?: string
}

/** The place as a proxy that can be dialled. */
export function proxyAt({ user, password = '', ...at }: SocksPlace): SocksProxy {
  return user === undefined ? { at } : { at, user, password: new Secret(password) }
}

/** How a tor is started. */
export interface TorLaunch {
  readonly kind: 'tor'
  /** the program: a path, or a name that is looked up in PATH */
  readonly binary: string
  /** tor's own configuration of the user's; null: there is none */
  readonly torrc: string | null
}

/**
 * How any other daemon is started. In words, values of variables and paths `{folder}` is the folder
 * of this run, which is removed with it, and `{data}` the one that is kept.
 */
export interface ProgramLaunch {
  readonly kind: 'program'
  readonly command: readonly string[]
  /** variables added to its environment */
  readonly env: Readonly<Record<string, string>>
  /** texts, keys among them, by their name in `{folder}/files`, where each is read once */
  readonly files: Readonly<Record<string, string>>
  /** null: as soon as it runs */
  readonly ready: Readiness | null
  /** a program that is run to its end once that is so, before the daemon can be used */
  readonly finish: readonly string[] | null
  readonly way: Way
}

/** How a daemon is started that has a network namespace of its own, from which it is dialled. */
export interface NamespaceLaunch extends Pick<ProgramLaunch, 'command' | 'env' | 'files'> {
  readonly kind: 'namespace'
  /**
   * sh(1), run inside with the command as its arguments; ends when the daemon does. Says on
   * descriptor 3 `ready` in a line when it is, unless `ready` says how else that is known.
   */
  readonly script: string
  readonly ready: Readiness | null
}

/** How a daemon is started, by its kind. */
export type Launch = TorLaunch | ProgramLaunch | NamespaceLaunch

/** What a keeper is told at its start, on its stdin. Paths are absolute. */
export interface KeeperOrder {
  /** the daemon's name: tor's, or its network's */
  readonly name: string
  /** the folder for its sockets and claims */
  readonly runtime: string
  /** the folder for the data that it keeps */
  readonly data: string
  /** seconds that it stays after its last user */
  readonly linger: number
  readonly launch: Launch
}

/** What a keeper is asked. */
export type KeeperRequest =
  | { readonly ask: 'lease'; readonly pid: number }
  | { readonly ask: 'authorize'; readonly onion: string; readonly key: string }
  | { readonly ask: 'status' }
  /** to stay though nobody uses it, or no longer: then it ends at once, if nobody does */
  | { readonly ask: 'hold'; readonly on: boolean }
  | { readonly ask: 'stop' }

/** What a keeper answers. */
export type KeeperAnswer =
  | { readonly say: 'progress'; readonly progress: Progress }
  | { readonly say: 'ready'; readonly way: Way }
  | { readonly say: 'failed'; readonly message: string; readonly hint: string | null }
  | { readonly say: 'authorized' }
  | { readonly say: 'held'; readonly on: boolean }
  | { readonly say: 'status'; readonly status: KeeperStatus }

/** What `byway daemon list` shows of one daemon. */
export interface KeeperStatus {
  readonly name: string
  /** the keeper's process; null: it does not answer */
  readonly pid: number | null
  /** the daemon's own process; null: it is not started */
  readonly daemon: number | null
  /** silent: its keeper does not answer */
  readonly state: 'starting' | 'ready' | 'stopping' | 'silent'
  readonly progress: Progress
  /** processes that have a lease now */
  readonly users: readonly number[]
  /** streams that are open through it, whoever holds them */
  readonly streams: number
  /** it stays though nobody uses it (`byway up`) */
  readonly held: boolean
  /** seconds since its start */
  readonly age: number
}
