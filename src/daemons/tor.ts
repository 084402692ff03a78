import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { RUN_MARK } from '../children/environment.ts'
import type { KeeperOrder, Progress, TorLaunch, Way } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { shortenOnion } from '../core/show.ts'
import type { Daemon, Run } from './daemon.ts'
import { endOf } from './daemon-end.ts'
import { endStrays } from './strays.ts'
import { type ControlReply, parseBootstrap, TorControl } from './tor-control.ts'
import { type TorFiles, writeTorFiles } from './tor-files.ts'

/** Lines of tor's own words that are kept for an error. */
const KEPT_LINES = 20
/** Milliseconds that tor gets to end by itself. */
const PARTING = 3000
/** Milliseconds in which tor says how many streams it has; the last number counts meanwhile. */
const COUNT_WITHIN = 1000
/** Milliseconds without an answer after which a tor carries nothing: it was stopped, or is stuck. */
const SILENT_FOR = 10_000
/** What stands for a reply where tor is not asked. */
const MALFORMED: ControlReply = { code: 0, lines: ['the name or the key is malformed'] }
const NOT_READY: ControlReply = { code: 0, lines: ['it is not ready'] }
/** An onion service's name without `.onion`. */
const ADDRESS = /^[a-z2-7]{56}$/

/** A tor of ours, from its start to its end. */
export class Tor implements Daemon {
  readonly pid: number
  readonly ended: Promise<BywayError>
  readonly #child: ChildProcess
  readonly #files: TorFiles
  readonly #tell: (progress: Progress) => void
  readonly #words: string[] = []
  #control: TorControl | null = null
  #opening = false
  /** it has spoken while we tried */
  #spoken = false
  #ready: () => void = () => {}
  #streams = 0
  /** when it last said how many, by the monotonic clock */
  #countedAt = performance.now()

  private constructor(child: ChildProcess, files: TorFiles, tell: (progress: Progress) => void) {
    this.pid = child.pid as number
    this.#child = child
    this.#files = files
    this.#tell = tell
    this.ended = endOf(child).then((how) => this.#explain(how))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#listen(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#listen(text))
  }

  /**
   * Starts tor in the folder of this run. A tor that a killed keeper left on the same data is
   * ended first: it would hold the lock. Throws UNAVAILABLE when there is no such program, or the
   * user's torrc cannot be read.
   */
  static async start(
    { launch, runtime, data }: KeeperOrder & { readonly launch: TorLaunch },
    { folder, tell }: Run,
  ): Promise<Tor> {
    const { binary, torrc } = launch
    if (torrc !== null) requireReadable(torrc)
    await endStrays(runtime)
    const files = writeTorFiles(folder, data)
    const defaults = torrc === null ? [] : ['--defaults-torrc', torrc]
    const child = spawn(binary, ['-f', files.torrc, ...defaults], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { ...process.env, [RUN_MARK]: folder },
    })
    await spawned(child, binary)
    return new Tor(child, files, tell)
  }

  /** Resolves when tor has bootstrapped to 100 %; never when it ends before that. */
  whenReady(): Promise<Way> {
    return new Promise((resolve) => {
      this.#ready = () => resolve({ socks: { path: this.#files.socks } })
    })
  }

  /** How many streams are open or being opened through it (control-spec, GETINFO stream-status). */
  async countStreams(): Promise<number> {
    const reply = await this.#control?.ask('GETINFO stream-status', COUNT_WITHIN)
    if (reply === undefined || reply.code !== 0) {
      const open = (reply?.lines ?? []).filter((line) => / (?:SUCCEEDED|SENT|NEW|REMAP)/.test(line))
      this.#streams = open.length
      this.#countedAt = performance.now()
    } else if (performance.now() - this.#countedAt > SILENT_FOR) this.#streams = 0
    return this.#streams
  }

  /**
   * Gives tor the base64 key of a service that wants its clients known (ONION_CLIENT_AUTH_ADD). Throws
   * UNAVAILABLE without tor's own words, which have the name in them.
   */
  async authorize(onion: string, key: string): Promise<void> {
    const sound = ADDRESS.test(onion) && /^[\w+/=]+$/.test(key)
    const line = `ONION_CLIENT_AUTH_ADD ${onion} x25519:${key}`
    const reply = sound ? await this.#control?.ask(line) : MALFORMED
    const { code, lines } = reply ?? NOT_READY
    if (code >= 200 && code < 300) return
    const why = code === 0 ? lines.join() : `it says ${code}`
    throw new BywayError('UNAVAILABLE', `tor does not take the client key: ${why}`)
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
    this.#spoken = true
    if (!this.#opening && this.#control === null) void this.#openControl()
  }

  /** tor has spoken: its control socket is there, or will be when it speaks next. */
  async #openControl(): Promise<void> {
    const { control: socket, cookie } = this.#files
    this.#opening = true
    while (this.#spoken && this.#control === null) {
      this.#spoken = false
      try {
        const control = await TorControl.open({ socket, cookie }, (line) => this.#note(line))
        this.#control = control
        await control.ask('SETEVENTS STATUS_CLIENT')
        const { lines } = await control.ask('GETINFO status/bootstrap-phase')
        for (const line of lines) this.#note(line)
      } catch {
        // not yet
      }
    }
    this.#opening = false
  }

  #note(line: string): void {
    const progress = parseBootstrap(line)
    if (progress === null) return
    this.#tell(progress)
    if (progress.percent === 100) this.#ready()
  }

  #explain(how: string): BywayError {
    const words = this.#words.filter((line) => /\[(warn|err)\]/.test(line))
    const said = (words.length > 0 ? words : this.#words).slice(-3).map(withoutStamp).join('; ')
    return new BywayError('UNAVAILABLE', `tor ended (${how}): ${shortenOnion(said)}`)
  }
}

function withoutStamp(line: string): string {
  return line.replace(/^\w{3} \d{2} [\d:.]+ /, '')
}

/** tor itself would go on without it: without its bridges, where they are needed not to be seen. */
function requireReadable(torrc: string): void {
  try {
    accessSync(torrc, constants.R_OK)
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'not readable'
    const hint = 'daemons.tor.torrc is an absolute path'
    throw new BywayError('UNAVAILABLE', `torrc "${torrc}": ${reason}`, { cause, hint })
  }
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
