/** OpenSSH's client accepts no more before the version string (SSH_MAX_PRE_BANNER_LINES). */
const MAX_LINES = 1024
/** Bytes of one line, as OpenSSH's client limits it (SSH_MAX_BANNER_LEN). */
const MAX_LINE = 8192

const VERSION_PREFIX = Uint8Array.from('SSH-', (letter) => letter.charCodeAt(0))
const LF = 10

/** What the bytes so far say of the peer: it is an SSH server, none, or more must be seen. */
export type Verdict = 'ssh' | 'more' | 'other'

/**
 * Looks for an SSH server's version string in what it says first: a line that begins with `SSH-`,
 * other lines before it allowed (RFC 4253 section 4.2), within OpenSSH's limits.
 */
export class BannerCheck {
  #lines = 0
  #column = 0
  #matches = true
  readonly #first: number[] = []

  /** Takes the next bytes. Once it has answered other than `more`, it is not to be asked again. */
  push(bytes: Uint8Array): Verdict {
    for (const byte of bytes) {
      const verdict = this.#take(byte)
      if (verdict !== 'more') return verdict
    }
    return 'more'
  }

  /** The first line that the peer said, without its end, at most 80 bytes; as Latin-1. */
  get firstLine(): string {
    return String.fromCharCode(...this.#first).trimEnd()
  }

  #take(byte: number): Verdict {
    if (byte === 0) return 'other'
    if (byte === LF) return this.#endLine()
    if (this.#lines === 0 && this.#first.length < 80) this.#first.push(byte)
    this.#matches &&= this.#column >= VERSION_PREFIX.length || VERSION_PREFIX[this.#column] === byte
    this.#column += 1
    if (this.#matches && this.#column === VERSION_PREFIX.length) return 'ssh'
    return this.#column > MAX_LINE ? 'other' : 'more'
  }

  #endLine(): Verdict {
    this.#lines += 1
    this.#column = 0
    this.#matches = true
    return this.#lines > MAX_LINES ? 'other' : 'more'
  }
}
