import { Worker } from 'node:worker_threads'
import { type News, type Order, PREFIX } from './messages.ts'
import { LONGEST } from './mutator.ts'

/** Milliseconds after which an input is taken for one that never ends. */
const HUNG = 20_000
const LOOK_EVERY = 500

/** What a worker is started with, but for what is made here. */
export type Task = Omit<Order, 'current'>

/** Whoever wants to know what came of a worker. */
export interface Listeners {
  /** An input of which came what must not, and what that was. */
  found(input: Uint8Array, error: string): void
  done(news: News & { readonly kind: 'done' }): void
}

/**
 * Runs the script, which is `worker.ts`, as a worker to its end, whichever that is: an input that never ends, that
 * ends the worker, or whose promise nobody settles, is told as found.
 */
export function runWorker(script: string, task: Task, { found, done }: Listeners): Promise<void> {
  const current = new SharedArrayBuffer(PREFIX + LONGEST)
  const worker = new Worker(script, { workerData: { ...task, current }, execArgv: [] })
  let explained = false
  const explain = (error: string) => {
    explained = true
    found(lastInput(current), error)
  }
  return new Promise((resolve) => {
    const watch = watchHang(current, () => {
      explain(`it never ends: more than ${HUNG} ms`)
      void worker.terminate()
    })
    worker.on('message', (news: News) => {
      if (news.kind === 'finding') return found(news.input, news.error)
      explained = true
      done(news)
    })
    worker.on('error', (error) => explain(`it ended the process: ${error.stack}`))
    worker.on('exit', (code) => {
      clearInterval(watch)
      if (!explained) explain(`the worker ended amid it, with code ${code}: nothing was left to do`)
      resolve()
    })
  })
}

/** Calls `hung` once when an input is being run for too long. */
function watchHang(current: SharedArrayBuffer, hung: () => void) {
  const counter = new Int32Array(current, 0, 1)
  let last = -1
  let since = Date.now()
  const timer = setInterval(() => {
    const count = Atomics.load(counter, 0)
    if (count !== last) since = Date.now()
    last = count
    if (Date.now() - since < HUNG || count === 0) return
    clearInterval(timer)
    hung()
  }, LOOK_EVERY)
  return timer
}

function lastInput(current: SharedArrayBuffer): Buffer {
  const bytes = Buffer.from(current)
  return Buffer.from(bytes.subarray(PREFIX, PREFIX + bytes.readUInt32LE(4)))
}
