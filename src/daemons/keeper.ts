import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { basename, join } from 'node:path'
import type { KeeperAnswer, KeeperOrder, KeeperRequest, KeeperStatus, Way } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import { holdClaim, sweep, takeClaim } from './claim.ts'
import type { Daemon } from './daemon.ts'
import { readJsonLines, sendJsonLine } from './json-lines.ts'
import { startDaemon } from './table.ts'

/** Milliseconds between two looks whether the daemon is in use still. */
const LOOK_EVERY = 500
/** Milliseconds in which whoever started the keeper asks for its daemon. */
const FIRST_ASK = 2000

/**
 * Keeps one daemon: starts it, tells all who ask how far it is, and ends it `linger` seconds after
 * its last user. Users are those who hold a connection to the keeper (a lease), and the streams
 * that are open through the daemon: a byway that has passed its socket to ssh is gone, but the
 * stream is not. Resolves when all is over; at once when another keeper is there already.
 */
export async function keep(order: KeeperOrder): Promise<void> {
  const folder = mkdtempSync(join(order.runtime, 'run.'))
  const keeper = new Keeper(order, folder)
  try {
    const socket = socketIn(folder)
    await keeper.listen(socket)
    const taken = await takeClaim(order.runtime, socket)
    closeStdout()
    if (!taken) return
    sweep(order.runtime, basename(folder))
    await keeper.run()
  } finally {
    keeper.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

class Keeper {
  readonly #order: KeeperOrder
  readonly #folder: string
  readonly #server: Server
  readonly #began = performance.now()
  /** the processes that hold a lease, by their connections */
  readonly #leases = new Map<Socket, number>()
  readonly #listeners = new Set<Socket>()
  #daemon: Daemon | null = null
  /** how it is dialled; null: it is not ready */
  #way: Way | null = null
  #held = false
  #state: KeeperStatus['state'] = 'starting'
  #progress: KeeperStatus['progress'] = { percent: 0, phase: 'starting' }
  /** why there is no daemon */
  #failure: BywayError | null = null
  #end: (why: 'stopped' | 'unused') => void = () => {}
  #heardFrom: () => void = () => {}
  readonly #asked: Promise<void>

  constructor(order: KeeperOrder, folder: string) {
    this.#order = order
    this.#folder = folder
    this.#asked = new Promise((resolve) => {
      this.#heardFrom = resolve
    })
    this.#server = createServer((socket) => this.#welcome(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(path, resolve)
    })
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#listeners) socket.destroy()
  }

  /** From the daemon's start to its end. */
  async run(): Promise<void> {
    const ended = new Promise<'stopped' | 'unused'>((resolve) => {
      this.#end = resolve
    })
    const stop = () => this.#end('stopped')
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
    try {
      const daemon = await startDaemon(this.#order, {
        folder: this.#folder,
        tell: (progress) => this.#advance(progress),
      })
      this.#daemon = daemon
      void daemon.whenReady().then((way) => this.#announce(way))
      const end = await Promise.race([daemon.ended, ended, this.#unused(daemon)])
      if (end instanceof BywayError) throw end
      this.#state = 'stopping'
      if (end === 'stopped') this.#fail(this.#wasStopped())
      await daemon.stop()
    } catch (error) {
      await this.#giveUp(error as BywayError)
    }
  }

  /** Tells all who wait. Whoever started us may not have asked yet, and is to hear it, too. */
  async #giveUp(error: BywayError): Promise<void> {
    this.#state = 'stopping'
    this.#failure = error
    this.#fail(error)
    const late = new Promise((resolve) => setTimeout(resolve, FIRST_ASK))
    await Promise.race([this.#asked, late])
  }

  #wasStopped(): BywayError {
    return new BywayError('UNAVAILABLE', `${this.#order.name} was stopped while it was in use`)
  }

  /** Resolves once nobody has used the daemon for `linger` seconds, or nobody can any more. */
  async #unused(daemon: Daemon): Promise<void> {
    let idleSince = performance.now()
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
      // the folder goes with the user's last login (XDG_RUNTIME_DIR): who comes again starts another
      const isFound = holdClaim(this.#order.runtime, socketIn(this.#folder))
      if (!isFound) this.#held = false
      if (await this.#isUsed(daemon)) idleSince = performance.now()
      else if (!isFound || performance.now() - idleSince >= 1000 * this.#order.linger) return
    }
  }

  /** Who comes while the streams are counted is a user, too. */
  async #isUsed(daemon: Daemon | null): Promise<boolean> {
    const streams = (await daemon?.countStreams()) ?? 0
    return this.#held || this.#leases.size > 0 || streams > 0
  }

  #welcome(socket: Socket): void {
    this.#listeners.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#leases.delete(socket)
      this.#listeners.delete(socket)
    })
    readJsonLines(socket, (message) => this.#answer(socket, message as KeeperRequest))
  }

  #answer(socket: Socket, request: KeeperRequest): void {
    if (request.ask === 'lease') this.#lease(socket, request.pid)
    if (request.ask === 'authorize') void this.#authorize(socket, request)
    if (request.ask === 'status') void this.#describe(socket)
    if (request.ask === 'hold') void this.#hold(socket, request.on)
    if (request.ask === 'stop') this.#end('stopped')
  }

  /** While it stops, who comes hears nothing but its end, and starts the next one. */
  #lease(socket: Socket, pid: number): void {
    this.#leases.set(socket, pid)
    this.#heardFrom()
    if (this.#failure !== null) this.#fail(this.#failure)
    else if (this.#state === 'stopping') return
    else if (this.#way !== null) this.#say(socket, { say: 'ready', way: this.#way })
    else this.#say(socket, { say: 'progress', progress: this.#progress })
  }

  async #authorize(socket: Socket, request: { onion: string; key: string }): Promise<void> {
    try {
      await this.#daemon?.authorize?.(request.onion, request.key)
      this.#say(socket, { say: 'authorized' })
    } catch (error) {
      this.#say(socket, failed(error as BywayError))
    }
  }

  async #describe(socket: Socket): Promise<void> {
    const status: KeeperStatus = {
      name: this.#order.name,
      pid: process.pid,
      daemon: this.#daemon?.pid ?? null,
      state: this.#state,
      progress: this.#progress,
      users: [...this.#leases.values()],
      streams: (await this.#daemon?.countStreams()) ?? 0,
      held: this.#held,
      age: Math.round((performance.now() - this.#began) / 1000),
    }
    this.#say(socket, { say: 'status', status })
  }

  #advance(progress: KeeperStatus['progress']): void {
    this.#progress = progress
    for (const socket of this.#leases.keys()) this.#say(socket, { say: 'progress', progress })
  }

  #announce(way: Way): void {
    if (this.#state !== 'starting') return
    this.#state = 'ready'
    this.#way = way
    for (const socket of this.#leases.keys()) this.#say(socket, { say: 'ready', way })
  }

  /** Let go, and not in use, it ends at once: that is the answer. */
  async #hold(socket: Socket, on: boolean): Promise<void> {
    this.#held = on
    if (on || (await this.#isUsed(this.#daemon))) this.#say(socket, { say: 'held', on })
    else this.#end('unused')
  }

  #fail(error: BywayError): void {
    for (const socket of this.#leases.keys()) {
      sendJsonLine(socket, failed(error))
      socket.end()
      this.#listeners.delete(socket)
    }
  }

  #say(socket: Socket, answer: KeeperAnswer): void {
    sendJsonLine(socket, answer)
  }
}

/** Where a keeper listens. */
function socketIn(folder: string): string {
  return join(folder, 'keeper')
}

/** Whoever started us waits for this end: the claim is decided. */
function closeStdout(): void {
  closeSync(1)
  openSync('/dev/null', 'w')
}

function failed(error: BywayError): KeeperAnswer {
  return { say: 'failed', message: error.message, hint: error.hint ?? null }
}
