import type { Connection } from './connection.ts'
import type { Readiness } from './daemon.ts'
import type { Secret } from './secret.ts'

/** Clan's address of one generated value ("var"): read, and where needed decrypted, on use. */
export interface VarReference {
  readonly machine: string
  readonly generator: string
  readonly file: string
}

/**
 * A span of bytes of a source file: how the compiled inventory keeps a value that the cache must
 * not hold (an onion name, a proxy URL with a password).
 */
export interface Excerpt {
  /** absolute path of the source */
  readonly source: string
  /** bytes from the beginning of the file */
  readonly offset: number
  /** bytes */
  readonly length: number
  /** the source's state when it was read (see `inventory/stamp.ts`): in another one it says something else */
  readonly state: string
}

/** Where a value is found, or the value itself: exactly one of these. */
export type Location =
  | { readonly plain: string }
  | { readonly var: VarReference }
  | { readonly excerpt: Excerpt }
  /** absolute path of a file that holds nothing else */
  | { readonly file: string }

/** One place where a peer is reached, with what the inventory says of just this place. */
export interface Host {
  readonly at: Location
  /** TCP port, where this host has one of its own (`user@host:port`); else the peer's */
  readonly port?: number
  readonly user?: string
  /** jump hosts on the way, the first one first: machines, or `[user@]host[:port]` */
  readonly jump?: readonly string[]
  /** the technology, where the host itself decides it (`.onion` is tor's whatever the module says) */
  readonly technology?: string
}

/** A machine's membership in a network. */
export interface Peer {
  readonly hosts: readonly Host[]
  /** TCP port of its sshd; null: the inventory does not say (22) */
  readonly port: number | null
  /** null: the inventory does not say */
  readonly user: string | null
  /** options for the ssh command line, as the inventory writes them */
  readonly sshOptions: readonly string[]
}

/** What is known of a program that byway may start for a network. Every key may be missing. */
export interface DaemonEntry {
  /** the program: a path, or a name that is looked up in PATH */
  readonly binary?: string
  /** path of a file that tor's own configuration includes */
  readonly torrc?: string
  /** seconds that it stays after its last user is gone */
  readonly linger?: number
  /** the overlay's own configuration: its text; a folder is named as a file */
  readonly config?: Location
  /** its private key or auth key, where its configuration has none */
  readonly key?: Location
  /** further arguments of the overlay's program */
  readonly args?: readonly string[]
  /** true: in a network namespace of its own; false: never in one */
  readonly namespace?: boolean
  /** a program and its arguments, never given to a shell */
  readonly command?: readonly string[]
  readonly ready?: Readiness
  /** where its SOCKS5 proxy listens: the forms of `NetworkSettings.socks` */
  readonly socks?: Covered
  /** variables added to its environment */
  readonly env?: Readonly<Record<string, Covered>>
}

/** A text, or where it stands when the cache must not hold it. */
export type Covered = string | { readonly excerpt: Excerpt }

/** What a network can be told besides its peers; which keys matter is the technology's affair. */
export interface NetworkSettings {
  /** a SOCKS5 proxy: `host:port`, `socks5h://[user:password@]host:port` or `unix:/path` */
  readonly socks?: Covered
  /** an HTTP proxy: `http://` or `https://[user:password@]host:port` */
  readonly http?: Covered
  /** the jump host: a machine of the inventory, or `[user@]host[:port]`; several with commas */
  readonly jump?: string
  /** a program and its arguments, whose stdin and stdout are the stream */
  readonly command?: readonly string[]
  /** seconds, counted from the beginning of the race */
  readonly timeout?: number
  /** by machine: the x25519 key that its onion service wants (rend-spec-v3, client authorization) */
  readonly onionAuth?: Readonly<Record<string, Location>>
  /** how byway starts what it needs */
  readonly daemon?: DaemonEntry
}

/** One configured way to reach machines. */
export interface Network {
  readonly name: string
  /** higher is tried first */
  readonly priority: number
  /** a name from the table in `networks/` */
  readonly technology: string
  /** the word for "Module" in `byway list`: what the inventory says, else the technology */
  readonly module: string
  readonly settings: NetworkSettings
  /** where it comes from, by index into the sources; absent: the configuration alone has it */
  readonly source?: number
  /** the configuration names its `socks`, whatever its source says */
  readonly ownSocks?: true
}

/** A machine's peer in one network. */
export interface Membership {
  readonly network: Network
  readonly peer: Peer
}

/** One inventory file, or one flake. */
export interface Source {
  /** what the configuration calls it, else its path or reference */
  readonly name: string
  /** the clan's `meta.domain`; null: not known */
  readonly domain: string | null
  /** absolute path of the clan's directory, where its vars are; null: there is none */
  readonly clan: string | null
  /** absolute directory or reference of the flake that was evaluated; null: it is a file */
  readonly flake: string | null
  /** the user's configuration trusts it wholly: it may name programs, and say where secrets go */
  readonly allowCommands: boolean
}

/** A machine, with its memberships in order of priority, highest first. */
export interface Machine {
  /** where two sources have one of this name: `name.<domain>` */
  readonly name: string
  readonly memberships: readonly Membership[]
  /** absolute path of the clan's directory, where its vars are; null: there is none */
  readonly clan: string | null
  /** what may follow the name, after a dot; null or absent: nothing */
  readonly domain?: string | null
}

/** A network with its members, by machine name. */
export interface PeopledNetwork extends Network {
  readonly peers: ReadonlyMap<string, Peer>
}

/** All that one source says, in the order in which it says it. */
export interface Inventory {
  /** the clan's `meta.domain`; null: not known */
  readonly domain: string | null
  readonly networks: readonly PeopledNetwork[]
  /** what was left out and why: one line each, without secrets */
  readonly warnings: readonly string[]
}

/** What a configuration or a plain inventory says of a network: every key may be missing. */
export interface NetworkEntry {
  readonly priority?: number
  readonly technology?: string
  readonly enabled?: boolean
  readonly settings: NetworkSettings
  readonly peers: ReadonlyMap<string, Peer>
}

/** One thing that can be dialled. */
export interface Route {
  readonly machine: string
  readonly network: Network
  readonly host: Host
  /** TCP port, 1 to 65535 */
  readonly port: number
  /** who is to log in; absent: the inventory does not say */
  readonly user?: string
  /** the clan's directory for the host's var; null: there is none */
  readonly clan: string | null
}

/** How far a dial has come. The words are shown to people when a dial fails. */
export type Stage = 'start' | 'var' | 'state' | 'lookup' | 'connect' | 'proxy' | 'banner'

/** What one dial is given: its end, and somebody who wants to know how far it is. */
export interface Attempt {
  /** aborts when the race is decided or the budget spent: release everything at once */
  readonly signal: AbortSignal
  /** says which stage begins now; `detail` holds no secret */
  stage(stage: Stage, detail?: string): void
  /** waits until the race allows that a program is started for this route */
  mayStart(): Promise<void>
  /** is told of each secret that was read for the dial: what is said of it is not to hold them */
  revealed?(secret: Secret): void
  /**
   * true: the stream has to be a raw socket that can be passed on, of which nothing was read;
   * false: anything that can be read and written
   */
  readonly untouched: boolean
}

/** Where a TCP connection goes: an IP address or a name, and a port. */
export interface Target {
  readonly host: string | Secret
  readonly port: number
}

/** Whether a network can be used from this computer now, and what was looked at to say so. */
export interface NetworkState {
  readonly state: 'running' | 'startable' | 'absent'
  /** `127.0.0.1:9050 refuses connections`; holds no secret */
  readonly detail: string
  /** what a person can type or do about it; absent: nothing where it is not `absent`, else what is usual */
  readonly mend?: string
}

/** How one kind of network works. One file in `networks/` each. */
export interface Technology {
  readonly name: string
  /**
   * Cheap, bounded by the signal, reveals no secret. Throws a `BywayError` where it cannot be said:
   * what the network's settings name is wrong, or cannot be read.
   */
  state(network: Network, signal: AbortSignal): Promise<NetworkState>
  /** Opens a byte stream to one route. Throws a `BywayError`. */
  dial(route: Route, attempt: Attempt): Promise<Connection>
}

/** Says something to the person, when `-v` was given at least `level` times; 0: in any case. */
export type Tell = (level: 0 | 1 | 2, text: string) => void
