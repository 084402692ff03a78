/** How far a daemon's start is. */
export interface Progress {
  /** 0 to 100 */
  readonly percent: number
  /** the daemon's own words for what it does now, and what troubles it; no secrets */
  readonly phase: string
}

/** What a keeper is told at its start, on its stdin. Paths are absolute. */
export interface KeeperOrder {
  /** the daemon's name */
  readonly name: string
  /** the folder for its sockets and claims */
  readonly runtime: string
  /** the folder for the data that it keeps */
  readonly data: string
  /** the program: a path, or a name that is looked up in PATH */
  readonly binary: string
  /** tor's own configuration of the user's; null: there is none */
  readonly torrc: string | null
  /** seconds that it stays after its last user */
  readonly linger: number
}

/** What a keeper is asked. */
export type KeeperRequest =
  | { readonly ask: 'lease'; readonly pid: number }
  | { readonly ask: 'authorize'; readonly onion: string; readonly key: string }
  | { readonly ask: 'status' }
  | { readonly ask: 'stop' }

/** What a keeper answers. */
export type KeeperAnswer =
  | { readonly say: 'progress'; readonly progress: Progress }
  | { readonly say: 'ready'; readonly socks: string }
  | { readonly say: 'failed'; readonly message: string; readonly hint: string | null }
  | { readonly say: 'authorized' }
  | { readonly say: 'status'; readonly status: KeeperStatus }

/** What `byway daemon list` shows of one daemon. */
export interface KeeperStatus {
  readonly name: string
  /** the keeper's process */
  readonly pid: number
  /** the daemon's own process; null: it is not started */
  readonly daemon: number | null
  readonly state: 'starting' | 'ready' | 'stopping'
  readonly progress: Progress
  /** processes that have a lease now */
  readonly users: readonly number[]
  /** streams that are open through it, whoever holds them */
  readonly streams: number
  /** seconds since its start */
  readonly age: number
}
