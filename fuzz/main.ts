/**
 * Fuzzes what byway reads of others: `fuzz/main.ts [target …]`. `FUZZ_SECONDS` for all together
 * (300), `SEED` to repeat a run. Guided by coverage: an input that reaches something new is changed
 * further. Findings are kept in `fuzz/findings`, and belong into `test/fuzz/regressions`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { noteThrown } from '../test/helpers/thrown.ts'
import type { News } from './messages.ts'
import { TARGETS } from './targets.ts'
import { runWorker } from './watched-worker.ts'

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
async function fuzz(name: string): Promise<number> {
  let count = 0
  const found = (input: Uint8Array, error: string) => {
    count += 1
    console.log(`${name}: ${save(name, input)}\n${error}\n`)
  }
  const script = join(process.cwd(), OUT, 'worker.mjs')
  const done = (news: News & { kind: 'done' }) => summarise(name, news, count)
  await runWorker(script, { target: name, seed, seconds }, { found, done })
  return count
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

function save(name: string, input: Uint8Array): string {
  const folder = join(FINDINGS, name)
  const path = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16))
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, input)
  return path
}
