import { type ChildProcess, spawn } from 'node:child_process'
import type { KeeperOrder, Progress } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { shortenOnion } from '../core/show.ts'
import { endStrays } from './strays.ts'
import { parseBootstrap, TorControl } from './tor-control.ts'
import { type TorFiles, writeTorFiles } from './tor-files.ts'

/** Lines of tor's own words that are kept for an error. */
const KEPT_LINES = 20
/** Milliseconds that tor gets to end by itself. */
const PARTING = 3000

/** A tor of ours, from its start to its end. */
export class Tor {
  /** its process */
  readonly pid: number
  readonly socks: string
  /** resolves when tor has ended, with what it said last */
  readonly ended: Promise<BywayError>
  readonly #child: ChildProcess
  readonly #files: TorFiles
  readonly #tell: (progress: Progress) => void
  readonly #words: string[] = []
  #control: TorControl | null = null
  #opening: Promise<void> | null = null
  #ready: () => void = () => {}

  private constructor(child: ChildProcess, files: TorFiles, tell: (progress: Progress) => void) {
    this.pid = child.pid as number
    this.socks = files.socks
    this.#child = child
    this.#files = files
    this.#tell = tell
    this.ended = new Promise((resolve) => {
      child.once('exit', (status, signal) => resolve(this.#explain(status, signal)))
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#listen(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#listen(text))
  }

  /**
   * Starts tor in the folder of this run. A tor that a killed keeper left on the same data is
   * ended first: it would hold the lock. Throws UNAVAILABLE when there is no such program.
   */
  static async start(
    order: KeeperOrder,
    folder: string,
    tell: (progress: Progress) => void,
  ): Promise<Tor> {
    await endStrays(order.runtime)
    const files = writeTorFiles(folder, order.data)
    const defaults = order.torrc === null ? [] : ['--defaults-torrc', order.torrc]
    const child = spawn(order.binary, ['-f', files.torrc, ...defaults], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
    })
    await spawned(child, order.binary)
    return new Tor(child, files, tell)
  }

  /** Resolves when tor has bootstrapped to 100 %; never when it ends before that. */
  whenReady(): Promise<void> {
    return new Promise((resolve) => {
      this.#ready = resolve
    })
  }

  /** How many streams are open or being opened through it (control-spec, GETINFO stream-status). */
  async countStreams(): Promise<number> {
    const reply = await this.#control?.ask('GETINFO stream-status')
    return (reply?.lines ?? []).filter((line) => / (?:SUCCEEDED|SENT|NEW|REMAP)/.test(line)).length
  }

  /** Gives tor the key of a service that wants its clients known (ONION_CLIENT_AUTH_ADD). */
  async authorize(onion: string, key: string): Promise<void> {
    await this.#control?.command(`ONION_CLIENT_AUTH_ADD ${onion} x25519:${key}`)
  }

  /** Ends tor; resolves when it has. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PARTING)
    await this.ended
    clearTimeout(timer)
  }

  #listen(text: string): void {
    this.#words.push(...text.split('\n').filter((line) => line !== ''))
    this.#words.splice(0, this.#words.length - KEPT_LINES)
    this.#opening ??= this.#openControl()
  }

  /** tor has spoken: its control socket is there, or will be when it speaks next. */
  async #openControl(): Promise<void> {
    const { control: socket, cookie } = this.#files
    try {
      const control = await TorControl.open({ socket, cookie }, (line) => this.#note(line))
      this.#control = control
      await control.command('SETEVENTS STATUS_CLIENT')
      const { lines } = await control.command('GETINFO status/bootstrap-phase')
      for (const line of lines) this.#note(line)
    } catch {
      this.#opening = null
    }
  }

  #note(line: string): void {
    const progress = parseBootstrap(line)
    if (progress === null) return
    this.#tell(progress)
    if (progress.percent === 100) this.#ready()
  }

  #explain(status: number | null, signal: string | null): BywayError {
    const words = this.#words.filter((line) => /\[(warn|err)\]/.test(line))
    const said = (words.length > 0 ? words : this.#words).slice(-3).map(withoutStamp).join('; ')
    const how = signal === null ? `status ${status}` : signal
    return new BywayError('UNAVAILABLE', `tor ended (${how}): ${shortenOnion(said)}`)
  }
}

function withoutStamp(line: string): string {
  return line.replace(/^\w{3} \d{2} [\d:.]+ /, '')
}

function spawned(child: ChildProcess, binary: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'no such program' : cause.message
      const hint = 'install tor, or say where it is with daemons.tor.binary'
      reject(new BywayError('UNAVAILABLE', `start "${binary}": ${reason}`, { cause, hint }))
    })
  })
}
