import type { Connection, Take } from '../core/connection.ts'

/** Milliseconds that bytes already taken from stdin get to leave once the peer has ended. */
const LAST_WORDS = 50
/** Milliseconds between two looks whether the program that started byway still lives. */
const PARENT_CHECK = 200
/** Milliseconds after which a peer that takes nothing is one that holds stdin up. */
const STUCK = 1000

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

/**
 * Relays bytes between ssh and the peer, like nc(1): both directions independent, never more than
 * one buffer ahead. The end of stdin becomes a FIN, and reading goes on; the peer's end is the end
 * of the relay, once all is written. `head` is what the peer said already. Throws IOERR when the
 * connection or stdout broke. When stdin has ended and ssh is gone, it returns too, though the peer may
 * have taken no byte for long: then it is read further ahead, to see that end.
 */
export async function relay(
  peer: Connection,
  head: readonly Uint8Array[],
  stdio: Stdio,
): Promise<void> {
  const up = new Upstream(stdio, peer)
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
  /** Resolves when stdin has ended and the program that started byway is gone. */
  readonly orphaned: Promise<void>
  readonly #stdio: Stdio
  readonly #peer: Connection
  #inFlight: Promise<void> | null = null
  #timer: ReturnType<typeof setInterval> | undefined
  #stuck: ReturnType<typeof setTimeout> | undefined
  #end: () => void = () => {}
  #stopped = false

  constructor(stdio: Stdio, peer: Connection) {
    this.#stdio = stdio
    this.#peer = peer
    this.orphaned = new Promise((resolve) => {
      this.#end = resolve
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
    clearInterval(this.#timer)
    clearTimeout(this.#stuck)
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
    this.#timer = setInterval(() => this.#stdio.orphaned() && this.#end(), PARENT_CHECK)
  }

  #watchWrite(written: Promise<void>): Promise<void> {
    this.#inFlight = written.then(() => {
      this.#inFlight = null
    })
    if (!this.#stopped) this.#stuck ??= setTimeout(() => this.#lookAhead(), STUCK)
    return this.#inFlight
  }

  /** A parent that is gone is not the end: ssh forks into the background (ControlPersist). */
  #lookAhead(): void {
    this.#stuck = undefined
    if (this.#inFlight === null) return
    if (this.#stdio.orphaned()) void this.#stdio.readAhead().then(this.#end)
    else this.#stuck = setTimeout(() => this.#lookAhead(), STUCK)
  }
}
