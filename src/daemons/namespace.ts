import { mkdirSync, readlinkSync } from 'node:fs'
import { descendantsOf } from '../children/processes.ts'
import type { KeeperOrder, NamespaceLaunch, Way } from '../core/daemon.ts'
import { BywayError } from '../core/errors.ts'
import type { Daemon, Run } from './daemon.ts'
import { DaemonProcess } from './daemon-process.ts'
import { INSIDE, OUTSIDE, PINNED } from './namespace-scripts.ts'
import { fillEnv, fillReady, makeFill } from './placeholders.ts'
import { untilReady } from './readiness.ts'
import { endStrays } from './strays.ts'
import { countStreamsInside } from './streams.ts'

/** What a script says on descriptor 3 when its daemon can be used; other lines tell how far it is. */
const READY = 'ready'

/** A user namespace, in which we are root, and in it one of mounts and one of processes. */
const UNSHARE = [
  ...['unshare', '--user', '--map-root-user', '--mount', '--pid'],
  ...['--fork', '--kill-child', '--mount-proc', '--'],
]

/**
 * Starts a daemon in a network namespace of its own, which has the outside through pasta(1) or
 * slirp4netns(1). All of it ends with the first process of a pid namespace, and that with its
 * keeper, however it is killed. Throws UNAVAILABLE.
 */
export async function startInNamespace(
  order: KeeperOrder & { readonly launch: NamespaceLaunch },
  { folder, tell }: Run,
): Promise<Daemon> {
  const { name, launch, runtime } = order
  const fill = makeFill(order, folder)
  await endStrays(runtime)
  mkdirSync(order.data, { recursive: true, mode: 0o700 })
  const words = [...UNSHARE, 'sh', '-c', OUTSIDE, 'outside', folder, PINNED, INSIDE, launch.script]
  const process = await DaemonProcess.start([...words, ...launch.command.map(fill)], {
    name,
    folder,
    env: fillEnv(launch.env, fill),
    input: writeFiles(launch.files),
  })
  const said = new Promise<void>((resolve) => {
    process.onNote((line) => {
      if (line === READY) resolve()
      else tell({ percent: 50, phase: line })
    })
  })
  const ready = fillReady(launch.ready, fill)
  const isReady = () => (ready === null ? said : untilReady(ready, { process, socks: null }))
  return new NamespaceDaemon(process, isReady)
}

/** A line for each, as `OUTSIDE` reads them. */
function writeFiles(files: NamespaceLaunch['files']): string {
  const encode = (text: string) => Buffer.from(text).toString('base64')
  return Object.entries(files)
    .map(([name, text]) => `${name} ${encode(text)}\n`)
    .join('')
}

class NamespaceDaemon implements Daemon {
  readonly pid: number
  readonly ended: Promise<BywayError>
  readonly #process: DaemonProcess
  readonly #isReady: () => Promise<void>
  /** a process inside */
  #inside: number | null = null

  constructor(process: DaemonProcess, isReady: () => Promise<void>) {
    this.pid = process.pid
    this.ended = process.ended.then(explainEnd)
    this.#process = process
    this.#isReady = isReady
  }

  async whenReady(): Promise<Way> {
    await this.#isReady()
    const inside = findInside(this.pid)
    if (inside === null) return new Promise(() => {})
    this.#inside = inside
    return { inside }
  }

  countStreams(): Promise<number> {
    const inside = this.#inside
    return Promise.resolve(inside === null ? 0 : countStreamsInside(inside, this.pid))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }
}

/** What forbids namespaces is not always seen before one is tried. */
function explainEnd(error: BywayError): BywayError {
  if (!error.message.includes(': unshare: ')) return error
  const hint = 'may you make user namespaces? unshare --user --map-root-user true'
  return new BywayError('UNAVAILABLE', error.message, { hint })
}

/** The first of its descendants, as they are seen from here, that has another network; null: none. */
function findInside(pid: number): number | null {
  const ours = networkOf('self')
  const found = descendantsOf(pid).find((one) => ![ours, null].includes(networkOf(String(one))))
  return found ?? null
}

function networkOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return null
  }
}
