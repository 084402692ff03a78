import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import { type News, type Order, PREFIX } from './messages.ts'
import { Chance, LONGEST, Mutator } from './mutator.ts'
import type { Target } from './target.ts'

/** Inputs between two looks at the coverage, which take about as long as so many inputs. */
const BATCH = 64
/** Milliseconds for one input, three times in a row, on a computer that has other things to do. */
const SLOW = 1000
/** Findings of one target: more are the same again. */
const MOST = 20

const order = workerData as Order
const current = Buffer.from(order.current)
const counter = new Int32Array(order.current, 0, 1)

const coverage = new Coverage('/targets.mjs')
await coverage.start()
const { TARGETS } = (await import(new URL('targets.mjs', import.meta.url).href)) as {
  TARGETS: readonly Target[]
}
const target = TARGETS.find(({ name }) => name === order.target) as Target
const corpus: Buffer[] = target.seeds.map((seed) => Buffer.from(seed).subarray(0, LONGEST))
const known = new Set<string>()
let runs = 0

for (const seed of corpus) await attempt(seed)
coverage.learn(await coverage.take())
await fuzz()
tell({ kind: 'done', runs, features: coverage.features, corpus: corpus.length })

/** Until the time is over: what reaches something new joins the corpus. */
async function fuzz(): Promise<void> {
  const mutator = new Mutator(new Chance(order.seed), target.words)
  const end = performance.now() + 1000 * order.seconds
  while (performance.now() < end && known.size < MOST) {
    const batch = Array.from({ length: BATCH }, () => mutator.mutate(corpus))
    for (const input of batch) await attempt(input)
    const fresh = await coverage.take()
    if (fresh.length > 0) await attribute(batch)
    coverage.learn(fresh)
  }
}

/** Which of the inputs it was that reached something new. */
async function attribute(batch: readonly Buffer[]): Promise<void> {
  for (const input of batch) {
    await attempt(input)
    const fresh = await coverage.take()
    if (fresh.length === 0) continue
    coverage.learn(fresh)
    corpus.push(input)
  }
}

/** Runs one input. What it throws, and that it is slow, is told. */
async function attempt(input: Buffer): Promise<void> {
  input.copy(current, PREFIX)
  current.writeUInt32LE(input.length, 4)
  Atomics.add(counter, 0, 1)
  runs += 1
  try {
    for (let i = 0; i < 3; i++) {
      const began = performance.now()
      await target.run(input)
      if (performance.now() - began < SLOW) return
    }
    throw new Error(`slow: ${input.length} bytes take more than ${SLOW} ms`)
  } catch (error) {
    report(input, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

/** Once for each place that throws. */
function report(input: Buffer, error: string): void {
  const places = error.split('\n').filter((text) => text.startsWith('    at '))
  const key = `${error.slice(0, 40)} ${places[0]}`
  if (known.has(key)) return
  known.add(key)
  tell({ kind: 'finding', input, error })
}

function tell(news: News): void {
  parentPort?.postMessage(news)
}
