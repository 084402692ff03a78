import type { KeeperOrder, Launch, Progress, Way } from '../core/daemon.ts'
import type { BywayError } from '../core/errors.ts'

/** A daemon of byway's own, from its start to its end, of whatever kind. */
export interface Daemon {
  /** its process */
  readonly pid: number
  /** resolves when it has ended, with how, and what it said last */
  readonly ended: Promise<BywayError>
  /** Resolves when it can be used; never when it ends before that. */
  whenReady(): Promise<Way>
  /** How many streams are open through it, whoever holds them; 0 where that cannot be known. */
  countStreams(): Promise<number>
  /** Ends it, and all that it started; resolves when it has ended. */
  stop(): Promise<void>
  /** Gives tor the base64 key of a service that wants its clients known. Throws UNAVAILABLE. */
  authorize?(onion: string, key: string): Promise<void>
}

/** What a daemon is started with besides its order. */
export interface Run {
  /** the folder of this run, which the keeper removes; absolute */
  readonly folder: string
  /** told how far the start is */
  tell(progress: Progress): void
}

/** Starts a daemon of one kind. Throws UNAVAILABLE when its program cannot be started. */
export type StartDaemon<L extends Launch> = (
  order: KeeperOrder & { readonly launch: L },
  run: Run,
) => Promise<Daemon>
