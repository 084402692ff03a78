import { emitKeypressEvents } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import stringWidth from 'string-width'
import type { Size } from './live-frame.ts'
import type { Key } from './live-view.ts'

/** The other screen, cursor hidden, nothing wrapped (xterm's control sequences: DECSET). */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
/** Shown in one piece by terminals that know it, unknown to none that would mind. */
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'

const ENDING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** The terminal that a live screen is on. */
export interface Seat {
  readonly output: WriteStream
  readonly input: ReadStream
}

/** What a live screen tells. */
export interface Audience {
  key(key: Key): void
  /** the size is another one, or what was shown is lost */
  redraw(): void
  /** the terminal is gone */
  gone(): void
}

/**
 * A screen of its own on a terminal, written in place. However byway ends (but by SIGKILL) or is
 * stopped, the terminal is as it was before.
 */
export class LiveScreen {
  readonly #seat: Seat
  readonly #audience: Audience
  #lines: readonly string[] = []
  #open = false

  constructor(seat: Seat, audience: Audience) {
    this.#seat = seat
    this.#audience = audience
  }

  get size(): Size {
    const { columns, rows } = this.#seat.output
    return { columns: columns || 80, rows: rows || 24 }
  }

  /** Takes the terminal over. */
  open(): void {
    const { output, input } = this.#seat
    for (const signal of ENDING) process.on(signal, this.#endBy)
    process.on('SIGTSTP', this.suspend)
    process.on('exit', this.#leave)
    // before Node writes why it ends
    process.on('uncaughtExceptionMonitor', this.#leave)
    output.on('resize', this.#redraw)
    output.on('error', this.#gone)
    emitKeypressEvents(input)
    input.on('keypress', this.#tellKey)
    input.on('error', this.#gone)
    this.#enter()
  }

  /** Shows these lines, one for each row, in one write; only those that changed are written. */
  draw(lines: readonly string[]): void {
    if (!this.#open) return
    const { columns } = this.size
    const changed = lines.flatMap((line, i) => {
      if (line === this.#lines[i]) return []
      // at the right edge the cursor stands on the last character, which would be erased
      const rest = stringWidth(line) < columns ? '\x1b[K' : ''
      return [`\x1b[${i + 1};1H${line}${rest}`]
    })
    this.#lines = lines
    if (changed.length === 0) return
    this.#seat.output.write(`${BEGIN_FRAME}${changed.join('')}${END_FRAME}`)
  }

  /** Gives the terminal back. */
  close(): void {
    const { output, input } = this.#seat
    this.#leave()
    for (const signal of ENDING) process.off(signal, this.#endBy)
    process.off('SIGTSTP', this.suspend)
    process.off('exit', this.#leave)
    process.off('uncaughtExceptionMonitor', this.#leave)
    output.off('resize', this.#redraw)
    input.off('keypress', this.#tellKey)
    input.pause()
  }

  /** Stops byway as Ctrl-Z does, and comes back when it is continued. */
  readonly suspend = (): void => {
    this.#leave()
    process.off('SIGTSTP', this.suspend)
    process.once('SIGCONT', () => {
      process.on('SIGTSTP', this.suspend)
      this.#enter()
      this.#redraw()
    })
    process.kill(process.pid, 'SIGTSTP')
  }

  /** Ends byway by a signal, the terminal given back first. */
  readonly #endBy = (signal: NodeJS.Signals): void => {
    this.close()
    process.kill(process.pid, signal)
  }

  readonly #leave = (): void => {
    if (!this.#open) return
    this.#open = false
    this.#setRaw(false)
    this.#seat.output.write(LEAVE)
  }

  readonly #redraw = (): void => {
    // what is left of another size is not known
    this.#lines = []
    if (this.#open) this.#seat.output.write('\x1b[2J')
    this.#audience.redraw()
  }

  readonly #tellKey = (_: unknown, key: Key): void => this.#audience.key(key)

  readonly #gone = (): void => this.#audience.gone()

  #enter(): void {
    this.#open = true
    this.#lines = []
    this.#setRaw(true)
    this.#seat.input.resume()
    this.#seat.output.write(ENTER)
  }

  #setRaw(raw: boolean): void {
    const { input } = this.#seat
    if (input.isTTY) input.setRawMode(raw)
  }
}
