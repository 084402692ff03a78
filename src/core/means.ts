import type { Connection } from './connection.ts'
import type { Way } from './daemon.ts'
import type { Hop } from './jumps.ts'
import type { Secret } from './secret.ts'
import type { Attempt, Covered, Location, Network, NetworkState, Route, Target } from './types.ts'

/** An interface of this computer with its addresses. */
export interface NetworkInterface {
  /** `wg0` */
  readonly name: string
  /** IPv4 and IPv6 addresses without prefix or zone */
  readonly addresses: readonly string[]
  /** what the kernel calls it: `wireguard`, `tun`, …; null: it does not say */
  readonly kind: string | null
}

/** What `networks/` may look at on this computer. All of it is cheap, and none of it throws. */
export interface Computer {
  /** Interfaces that are up, loopback left out. */
  interfaces(): readonly NetworkInterface[]
  /** The interface by which the computer would send to an IP address; null: there is no way. */
  routeTo(address: string): Promise<string | null>
  /** The address of its own from which it would send there; null: there is no way. */
  sourceFor(address: string): Promise<string | null>
  /** A program's path, looked up in PATH; null: there is none. */
  findProgram(name: string): string | null
  /** Names in a folder; empty when it cannot be read. */
  list(folder: string): readonly string[]
  /** The text of a small file; null when it cannot be read. */
  readText(path: string): string | null
  /** One HTTP GET; null: nobody answers in HTTP before the signal aborts. */
  ask(where: SocketAddress, question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer | null>
  /** Sends one line of JSON and gives the JSON that comes back; null when none does. */
  askJson(where: SocketAddress, question: object, signal: AbortSignal): Promise<unknown>
  /** Sends a text and gives what comes back, up to its end; null when that does not come. */
  askText(
    where: SocketAddress,
    question: { readonly text: string; readonly end: string },
    signal: AbortSignal,
  ): Promise<string | null>
  /** What a program prints, run without a shell; null: it failed, or is killed by the signal. */
  readOutput(words: readonly [string, ...string[]], signal: AbortSignal): Promise<string | null>
}

/** What a service of this computer is asked for. */
export interface HttpQuestion {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What it answers. */
export interface HttpAnswer {
  readonly status: number
  /** the body as JSON; undefined: it is none */
  readonly json: unknown
}

/** A service's way to give a stream: an HTTP request that changes the protocol. */
export interface Upgrade {
  readonly method: string
  readonly path: string
  /** the protocol's name in `Upgrade:` */
  readonly protocol: string
  readonly headers: Readonly<Record<string, string>>
}

/** Where a service on this computer listens. */
export type SocketAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }

/** The ways to open a byte stream, as `networks/` sees the rooms that do it. */
export interface Means {
  readonly computer: Computer
  /** TCP; several addresses of a name are raced as in RFC 8305. */
  tcp(target: Target, attempt: Attempt): Promise<Connection>
  /** Through a SOCKS5 proxy, which also resolves the name. */
  socks(proxy: SocksProxy, target: Target, attempt: Attempt): Promise<Connection>
  /** Through an HTTP proxy's CONNECT (RFC 9110 section 9.3.6), which also resolves the name. */
  httpConnect(proxy: HttpProxy, target: Target, attempt: Attempt): Promise<Connection>
  /**
   * A program's stdin and stdout. No shell; the words are its arguments as they are. Its stderr is
   * kept for the error. It ends with the connection.
   */
  command(program: Program, attempt: Attempt): Promise<Connection>
  /**
   * The ssh that gives its stdin and stdout to `target` from the last of these jump hosts, for a
   * connection to `machine`. A first one that is a machine of the inventory is reached through
   * byway, and never in a circle; null: it is this computer, and there are no others. Throws
   * UNAVAILABLE.
   */
  jumpProgram(
    jumps: readonly Hop[],
    target: Target,
    machine: string,
  ): Promise<Omit<Program, 'secrets'> | null>
  /**
   * The same route through a byway of its own that relays it: the raw socket to that one, for
   * routes that have none of their own.
   */
  relayed(route: Route, attempt: Attempt): Promise<Connection>
  /**
   * The stream that a service of this computer gives for an HTTP upgrade (RFC 9110 section 7.8).
   * `description` names it. Throws UNAVAILABLE with what the service says instead.
   */
  upgrade(
    service: { readonly at: SocketAddress; readonly description: string },
    request: Upgrade,
    attempt: Attempt,
  ): Promise<Connection>
  /** True when what listens there answers a SOCKS5 greeting; false when not, within the signal. */
  speaksSocks(proxy: SocksProxy, signal: AbortSignal): Promise<boolean>
  /** Why a guessed proxy is not used though something listens there, in words; null: there is no reason. */
  whyLeftAlone(proxy: SocksProxy): Promise<string | null>
  /** A value, read from where it is; `clan` is the directory of its vars. Throws. */
  reveal(at: Location, clan: string | null, attempt: Attempt): Promise<Secret>
  /** The same of any text, also of several lines: what a daemon is configured by. Throws. */
  revealText(at: Location, clan: string | null, attempt: Attempt): Promise<Secret>
  /** True when the user's configuration alone has this network, or trusts its source wholly. */
  trusts(network: Network): boolean
  /** A network's SOCKS setting as text, read from its source where the cache does not hold it. */
  readSetting(setting: Covered): Promise<Secret>
  /** A TCP connection that begins in the network namespace of that process (see `Way`). */
  inside(pid: number, target: Target, attempt: Attempt): Promise<Connection>
  /** The daemon of that name, which byway can start. */
  daemon(name: string): DaemonMeans
  /** What byway can start for a network; null: the configuration does not say what and how. */
  networkDaemon(network: Network): Promise<NetworkDaemon | null>
}

/** A program to run. */
export interface Program {
  /** the program and its arguments, none of them for a shell */
  readonly words: readonly string[]
  /** values in the words that no message may hold */
  readonly secrets: readonly Secret[]
  /** its whole environment; absent: the user's without the variables that hold keys */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What a person can do about its end, by what it said last. */
  hint?(said: string): string | undefined
}

/** A SOCKS5 proxy (RFC 1928, RFC 1929). */
export interface SocksProxy {
  /** where it listens */
  readonly at: SocketAddress
  /** nobody has named it: whoever listens there has to be somebody who may know what it is asked */
  readonly guessed?: boolean
  /** it is a tor, which alone may be told an onion name */
  readonly isTor?: boolean
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  /** words for reply codes that mean something else, or more, than RFC 1928 says */
  readonly replies?: Readonly<Record<number, SocksReply>>
}

/** What a reply code of a SOCKS proxy means for a person. */
export interface SocksReply {
  readonly reason: string
  readonly hint?: string
}

/** A daemon of byway's own, as `networks/` sees it. */
export interface DaemonMeans {
  /** Whether it runs, or could be started: its program is there. Cheap. */
  state(): Promise<NetworkState>
  /**
   * The right to use it until byway ends or the attempt is over; started when it does not run,
   * once the race allows that. Resolves when it is ready. Throws UNAVAILABLE.
   */
  lease(attempt: Attempt): Promise<DaemonLease>
}

/** A daemon that is ready. */
export interface DaemonLease {
  /** its SOCKS5 proxy */
  readonly proxy: SocksProxy
  /** Gives tor the key of a service that wants its clients known, base64. Throws UNAVAILABLE. */
  authorize(onion: string, key: string): Promise<void>
}

/** A network's daemon of byway's own. */
export interface NetworkDaemon {
  /** Whether it runs, or could be started; where it is absent, what is missing. Cheap. */
  state(): Promise<NetworkState>
  /**
   * The right to use it until byway ends or the attempt is over; started when it does not run,
   * once the race allows that. `clan` is where its keys' vars are. Resolves when it is ready. Throws
   * UNAVAILABLE, marked as skipped where something is missing.
   */
  lease(attempt: Attempt, clan: string | null): Promise<Way>
}

/** An HTTP proxy that does CONNECT. */
export interface HttpProxy {
  readonly host: string
  readonly port: number
  /** https: the way to the proxy itself is TLS */
  readonly tls: boolean
  readonly user?: string | undefined
  readonly password?: Secret | undefined
}
