/**
 * Fuzzes what byway reads of others: `fuzz/main.ts [target …]`. `FUZZ_SECONDS` for all together
 * (300), `SEED` to repeat a run. Guided by coverage: an input that reaches something new is changed
 * further. Findings are kept in `fuzz/findings`, and belong into `test/fuzz/regressions`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { noteThrown } from '../test/helpers/thrown.ts'
import { type News, type Order, PREFIX } from './messages.ts'
import { LONGEST } from './mutator.ts'
import { TARGETS } from './targets.ts'

/** Milliseconds after which an input is taken for one that never ends. */
const HUNG = 20_000
const LOOK_EVERY = 500
const FINDINGS = 'fuzz/findings'
const OUT = 'dist/fuzz'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const wanted = process.argv.slice(2)
const names = TARGETS.map(({ name }) => name).filter(
  (name) => wanted.length === 0 || wanted.includes(name),
)
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 300) / names.length
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
console.log(
  `SEED=${seed} FUZZ_SECONDS=${Math.round(seconds * names.length)}: ${names.length} targets`,
)
await bundle()
const findings: number[] = []
for (const name of names) findings.push(await fuzz(name))
const sound = findings.filter((found) => found === 0).length
if (sound < names.length) console.log(`what was found is in ${FINDINGS}`)
console.log(`${sound} passed, ${names.length - sound} failed`)
process.exit(sound === names.length && sound > 0 ? 0 : 1)

/** One script of ours, so that V8's coverage is about it alone; what it is made with stays outside. */
async function bundle(): Promise<void> {
  await build({
    entryPoints: ['fuzz/targets.ts', 'fuzz/worker.ts'],
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20' },
    logLevel: 'warning',
  })
}

/** Fuzzes one target for its time; how much was found. */
function fuzz(name: string): Promise<number> {
  const current = new SharedArrayBuffer(PREFIX + LONGEST)
  const workerData: Order = { target: name, seed, seconds, current }
  const worker = new Worker(join(process.cwd(), OUT, 'worker.mjs'), { workerData, execArgv: [] })
  let found = 0
  const keep = (input: Uint8Array, error: string) => {
    found += 1
    console.log(`${name}: ${save(name, input)}\n${error}\n`)
  }
  return new Promise((resolve) => {
    const watch = watchHang(current, (input) => {
      keep(input, `it never ends: more than ${HUNG} ms`)
      void worker.terminate()
    })
    worker.on('message', (news: News) => {
      if (news.kind === 'finding') keep(news.input, news.error)
      else summarise(name, news, found)
    })
    worker.on('error', (error) => keep(lastInput(current), `it ended the process: ${error.stack}`))
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(found)
    })
  })
}

function summarise(
  name: string,
  { runs, features, corpus }: News & { kind: 'done' },
  found: number,
) {
  console.log(`${name}: ${runs} inputs, ${features} features, corpus ${corpus}, ${found} found`)
  const outcome = found === 0 ? 'nothing found' : `${found} found`
  noteThrown({
    suite: 'fuzz',
    what: `${name}: inputs by a fuzzer guided by coverage`,
    times: runs,
    outcome,
  })
}

/** Calls `hung` once with the input that is being run for too long. */
function watchHang(current: SharedArrayBuffer, hung: (input: Uint8Array) => void) {
  const counter = new Int32Array(current, 0, 1)
  let last = -1
  let since = Date.now()
  const timer = setInterval(() => {
    const count = Atomics.load(counter, 0)
    if (count !== last) since = Date.now()
    last = count
    if (Date.now() - since < HUNG || count === 0) return
    clearInterval(timer)
    hung(lastInput(current))
  }, LOOK_EVERY)
  return timer
}

function lastInput(current: SharedArrayBuffer): Buffer {
  const bytes = Buffer.from(current)
  return Buffer.from(bytes.subarray(PREFIX, PREFIX + bytes.readUInt32LE(4)))
}

function save(name: string, input: Uint8Array): string {
  const folder = join(FINDINGS, name)
  const path = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16))
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, input)
  return path
}
