import type { Connection, Take } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'

/** Milliseconds that bytes already taken from stdin get to leave once the peer has ended. */
const LAST_WORDS = 50
/** Milliseconds between two looks whether the program that started byway still lives. */
const PARENT_CHECK = 200
/** Milliseconds after which a peer that has not taken a piece, up to 64 KiB, holds stdin up. */
const STUCK = 1000
/** So many times as long, and nobody there to wait for it: it is dead. A slow one has taken the piece. */
const DEAD = 20

/** The side of the relay where ssh is. */
export interface Stdio {
  /** What ssh says, as a connection's `flow` gives what the peer says. */
  flow(take: Take): Promise<void>
  /** Resolves when all bytes are written; null: they are. Throws IOERR. */
  write(bytes: Uint8Array): Promise<void> | null
  /** Reads on though the peer takes nothing, some way, and keeps it; resolves at the end of stdin. */
  readAhead(): Promise<void>
  /** True once the program that started byway is gone. */
  orphaned(): boolean
}

/** What a relay may be told. */
export interface RelayOptions {
  /** what the peer said already */
  readonly head?: readonly Uint8Array[]
  /** milliseconds between two looks whether the peer has taken a piece */
  readonly stuck?: number
}

/**
 * Relays bytes between ssh and the peer, like nc(1): both directions independent, never more than
 * one buffer ahead. The end of stdin becomes a FIN, and reading goes on; the peer's end is the end
 * of the relay, once all is written. When stdin has ended and ssh is gone, it returns too; while the
 * peer takes nothing, that end is looked for further ahead. Throws IOERR when the connection or stdout
 * broke, and for what a dead peer did not take.
 */
export async function relay(
  peer: Connection,
  stdio: Stdio,
  { head = [], stuck = STUCK }: RelayOptions = {},
): Promise<void> {
  const up = new Upstream(stdio, peer, stuck)
  try {
    await Promise.race([sendDown(peer, head, stdio), up.orphaned])
    await up.settle()
  } finally {
    up.stop()
    peer.close()
  }
}

async function sendDown(
  peer: Connection,
  head: readonly Uint8Array[],
  stdio: Stdio,
): Promise<void> {
  for (const bytes of head) await stdio.write(bytes)
  await peer.flow((bytes) => stdio.write(bytes))
}

/** The direction from ssh to the peer, which never ends the relay by itself while ssh lives. */
class Upstream {
  /** Resolves when stdin has ended and the program that started byway is gone; rejects for a dead peer. */
  readonly orphaned: Promise<void>
  readonly #stdio: Stdio
  readonly #peer: Connection
  readonly #stuck: number
  #inFlight: Promise<void> | null = null
  #parentCheck: ReturnType<typeof setInterval> | undefined
  #stuckCheck: ReturnType<typeof setTimeout> | undefined
  #end: () => void = () => {}
  #giveUp: (error: Error) => void = () => {}
  /** the piece behind which the end of stdin was looked for last */
  #lookedBehind: Promise<void> | null = null
  #endSeen = false
  #stopped = false

  constructor(stdio: Stdio, peer: Connection, stuck: number) {
    this.#stdio = stdio
    this.#peer = peer
    this.#stuck = stuck
    this.orphaned = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#giveUp = reject
    })
    void this.#send().then(() => this.#watchParent())
  }

  /** Waits, not long, for what was taken from stdin and is not yet with the peer. */
  async settle(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS)
    })
    await Promise.race([this.#inFlight?.catch(() => {}), late])
    clearTimeout(timer)
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#parentCheck)
    clearTimeout(this.#stuckCheck)
  }

  /** A failure to write is not told here: reading from the same peer says it better. */
  async #send(): Promise<void> {
    try {
      await this.#stdio.flow((bytes) => {
        const written = this.#peer.write(bytes)
        return written === null ? null : this.#watchWrite(written)
      })
      this.#inFlight = this.#peer.end()
      await this.#inFlight
    } catch {
      this.#inFlight = null
    }
  }

  /**
   * After a `kill -9` of ssh only the end of stdin tells of it. From then on, a parent that is no
   * longer the one we started under means that nobody reads stdout.
   */
  #watchParent(): void {
    if (this.#stopped) return
    this.#parentCheck = setInterval(() => this.#stdio.orphaned() && this.#end(), PARENT_CHECK)
  }

  #watchWrite(written: Promise<void>): Promise<void> {
    this.#inFlight = written.then(() => {
      this.#inFlight = null
    })
    if (!this.#stopped) this.#stuckCheck ??= this.#lookLater(null, 0)
    return this.#inFlight
  }

  /** `piece` is what was in flight at the last look, for the `times`th time. */
  #lookLater(piece: Promise<void> | null, times: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#stuckCheck = undefined
      const pending = this.#inFlight
      if (pending === null || this.#stopped) return
      const looks = pending === piece ? times + 1 : 1
      if (looks > 1) this.#lookBehind(pending, looks)
      this.#stuckCheck = this.#lookLater(pending, looks)
    }, this.#stuck)
  }

  /** A parent that is gone is not the end: ssh forks into the background (ControlPersist). */
  #lookBehind(piece: Promise<void>, looks: number): void {
    if (!this.#stdio.orphaned()) return
    if (looks >= DEAD && this.#endSeen) this.#giveUp(isDead(this.#peer))
    if (this.#lookedBehind === piece) return
    this.#lookedBehind = piece
    void this.#stdio.readAhead().then(() => {
      this.#endSeen = true
    })
  }
}

function isDead({ description }: Connection): BywayError {
  return new BywayError('IOERR', `${description}: it takes nothing more, and who sent it is gone`)
}
