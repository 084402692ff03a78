import { mkdirSync } from 'node:fs'
import { type KeeperOrder, LINK, type ProgramLaunch, type Way } from '../core/daemon.ts'
import type { BywayError } from '../core/errors.ts'
import type { Daemon, Run } from './daemon.ts'
import { DaemonProcess, type ProcessOptions } from './daemon-process.ts'
import { serveFiles } from './fifos.ts'
import { type Fill, fillEnv, fillReady, fillWay, makeFill } from './placeholders.ts'
import { untilReady } from './readiness.ts'
import { endStrays } from './strays.ts'
import { countStreamsTo } from './streams.ts'

type ProgramOrder = KeeperOrder & { readonly launch: ProgramLaunch }

/** How a program that was run to its end has ended when all is well. */
const SUCCESS = 'status 0'

/**
 * Starts any program that gives streams by itself: through a SOCKS5 proxy, or as tailscaled does.
 * What a killed keeper left of it is ended first. Throws UNAVAILABLE.
 */
export async function startProgram(order: ProgramOrder, run: Run): Promise<Daemon> {
  const { name, launch, runtime } = order
  const { folder } = run
  const fill = makeFill(order, folder)
  await endStrays(runtime)
  mkdirSync(order.data, { recursive: true, mode: 0o700 })
  const options = { name, folder, env: fillEnv(launch.env, fill), input: null }
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  await serveFiles(launch.files, folder, over)
  const process = await DaemonProcess.start(launch.command.map(fill), options)
  void process.how.then(end)
  run.tell({ percent: 50, phase: `process ${process.pid} runs` })
  return new Program(process, { launch, fill, options, tell: run.tell })
}

interface Parts {
  readonly launch: ProgramLaunch
  readonly fill: Fill
  readonly options: ProcessOptions
  readonly tell: Run['tell']
}

class Program implements Daemon {
  readonly pid: number
  readonly ended: Promise<BywayError>
  readonly #process: DaemonProcess
  readonly #parts: Parts
  readonly #way: Way
  #fail: (error: BywayError) => void = () => {}

  constructor(process: DaemonProcess, parts: Parts) {
    this.pid = process.pid
    this.#process = process
    this.#parts = parts
    this.#way = fillWay(parts.launch.way, parts.fill)
    const failed = new Promise<BywayError>((resolve) => {
      this.#fail = resolve
    })
    this.ended = Promise.race([process.ended, failed])
  }

  async whenReady(): Promise<Way> {
    const { launch, fill } = this.#parts
    const socks = 'socks' in this.#way ? this.#way.socks : null
    await untilReady(fillReady(launch.ready, fill), { process: this.#process, socks })
    const { finish } = launch
    if (finish !== null) await this.#finish(finish.map(fill))
    return this.#way
  }

  countStreams(): Promise<number> {
    const way = this.#way
    if ('inside' in way) return Promise.resolve(0)
    const place = 'socks' in way ? way.socks : { path: way.localApi }
    return Promise.resolve(countStreamsTo(place, this.pid))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  /** Runs what comes after the start; where that fails the daemon is of no use. */
  async #finish(words: readonly string[]): Promise<void> {
    try {
      const step = await DaemonProcess.start(words, this.#parts.options)
      step.onLine(hearLinks((phase) => this.#parts.tell({ percent: 75, phase })))
      void this.#process.ended.then(() => step.stop())
      if ((await step.how) === SUCCESS) return
      this.#fail(await step.ended)
    } catch (error) {
      this.#fail(error as BywayError)
    }
    return new Promise(() => {})
  }
}

/** Lines with a link are told, as `tailscale up` without a key waits for a login; one that is nothing else, with the line before, which says what for. */
function hearLinks(tell: (phase: string) => void): (line: string) => void {
  let before = ''
  return (line) => {
    const text = line.trim()
    if (LINK.test(text)) tell(text.search(LINK) === 0 ? `${before} ${text}`.trim() : text)
    before = text
  }
}
