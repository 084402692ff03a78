/**
 * Runs the tests: `test.mjs [-v] [pattern …]`, each pattern a regular expression on the file's path; with
 * `--kind overlays` those in the files `*.overlays.ts`.
 *
 * Every file is a process (group) of its own, so that a crash or a hang in one loses no counts; two run beside each
 * other, but a file whose first line is `// serial` runs alone. A skipped test counts as failed. What a file
 * prints is shown when it fails, or with -v. With --again, for a computer that others load, files that failed run
 * once more, alone; what passes only then is named. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findFlaws, tally } from './tally.mjs'

const BESIDE = 2
/** After its summary a file that keeps running has leaked something. */
const LEAVE_SECONDS = 20

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v', default: false },
    timeout: { type: 'string', default: '300' },
    kind: { type: 'string', default: 'test' },
    again: { type: 'boolean', default: false },
  },
})
const patterns = positionals.map((pattern) => new RegExp(pattern))
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith(`.${values.kind}.ts`))
  .map((file) => `test/${file}`)
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => pattern.test(file)))
  .sort()

/** What test files share (a Tor network) is in here; its path is short because sockets are, too. */
const shared = mkdtempSync(join(tmpdir(), 'byrun-'))
process.once('exit', () => rmSync(shared, { recursive: true, force: true }))

/** @type {Set<number>} */
const groups = new Set()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    for (const group of groups) kill(group, 'SIGKILL')
    process.kill(process.pid, signal)
  })
}

/** @typedef {import('./tally.mjs').Tally & { file: string, seconds: number, output: string }} Result */

/** @type {Result[]} */
let results = []
const serial = files.filter((file) => /^\/\/ serial\b/.test(readFileSync(file, 'utf8')))
await runAll(
  files.filter((file) => !serial.includes(file)),
  BESIDE,
)
await runAll(serial, 1)
if (values.again) await runFailedAgain()
summarise()

/**
 * @param {readonly string[]} queue
 * @param {number} beside how many at a time
 */
async function runAll(queue, beside) {
  const waiting = [...queue]
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) report(await runFile(file))
  }
  await Promise.all(Array.from({ length: beside }, worker))
}

/** A file that fails for good fails twice; one that does not is to be mended all the same. */
async function runFailedAgain() {
  const failed = results.filter((result) => result.failed).map(({ file }) => file)
  results = results.filter((result) => !result.failed)
  if (failed.length > 0) console.log(`\nonce more, alone: ${failed.join(', ')}`)
  await runAll(failed, 1)
  const unsteady = results.filter((result) => failed.includes(result.file) && !result.failed)
  for (const { file } of unsteady) console.log(`UNSTEADY: ${file} passed only the second time`)
}

/**
 * @param {string} file
 * @returns {Promise<Result>}
 */
async function runFile(file) {
  const started = performance.now()
  const flaws = findFlaws(readFileSync(file, 'utf8'))
  const pattern = `^${file.slice('test/'.length).replace(/[.+()[\]]/g, '\\$&')}$`
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'node_modules/uvu/bin.js', '--no-color', 'test', pattern],
    { detached: true, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const { output, end } = await watch(child)
  const seconds = (performance.now() - started) / 1000
  return { file, seconds, output, ...tally(output, end, flaws) }
}

/**
 * The output of one file's process and how it ended, all of its group being gone.
 *
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 */
async function watch(child) {
  const group = child.pid ?? 0
  let output = ''
  let late = ''
  groups.add(group)
  const stop = (/** @type {string} */ why) => {
    late = why
    kill(group, 'SIGTERM')
    timer = setTimeout(() => kill(group, 'SIGKILL'), 3000)
  }
  let timer = setTimeout(stop, Number(values.timeout) * 1000, `took over ${values.timeout} s`)
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      if (!/^ {2}Duration: /m.test(text)) return
      clearTimeout(timer)
      timer = setTimeout(stop, LEAVE_SECONDS * 1000, 'did not end after its last test')
    })
  }
  const closed = once(child, 'close')
  const [code, signal] = await once(child, 'exit')
  clearTimeout(timer)
  kill(group, 'SIGKILL')
  groups.delete(group)
  // The rest of the output comes at once, unless a daemon that left the group holds the pipe open.
  await Promise.race([closed, delay(1000, undefined, { ref: false })])
  child.stdout.destroy()
  child.stderr.destroy()
  return { output, end: late || signal || (code === 0 ? '' : `exit status ${code}`) }
}

/** @param {Result} result */
function report(result) {
  results.push(result)
  const { file, passed, failed, seconds, output, notes } = result
  const counts = failed ? `${passed} passed, ${failed} FAILED` : `${passed} passed`
  if (failed || values.verbose) console.log(output.trimEnd())
  console.log(`${failed ? 'not ok' : 'ok    '} ${file}: ${counts}, ${seconds.toFixed(1)} s`)
  for (const note of notes) console.log(`       ${file}: ${note}`)
}

function summarise() {
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, 5)
  console.log(
    `\nslowest: ${slowest.map(({ file, seconds }) => `${file} ${seconds.toFixed(1)} s`).join(', ')}`,
  )
  for (const { file, failed } of results) if (failed) console.log(`failed: ${file}`)
  if (files.length === 0) console.log('no test file matches')
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, files.length ? 0 : 1)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed ? 1 : 0
}

/** What a developer's shell may have set must not change what the tests do. */
function cleanEnvironment() {
  const unwanted = /^(NODE_|FORCE_COLOR$|NO_COLOR$|BYWAY_(?!TEST_)|CLAN_DIR$)/
  const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name))
  return {
    ...Object.fromEntries(kept),
    BYWAY_TEST_RUN_DIR: shared,
    BYWAY_TEST_RUN_PID: String(process.pid),
  }
}

/**
 * @param {number} group
 * @param {NodeJS.Signals} signal
 */
function kill(group, signal) {
  try {
    process.kill(-group, signal)
  } catch {
    // All of it has ended already.
  }
}
