/**
 * `reliability.mjs`: runs the suites that throw things at byway, and writes `docs/reliability.md` of
 * what they note (`noteThrown`, test/helpers/thrown.ts). The page is not to be written by hand.
 *
 * The notes are added to the file that `BYWAY_TEST_REPORT` names, if it is set, and the page is of all that
 * stands there: suites that take hours can be run one by one. `SUITES=` runs none, and only writes.
 */
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { git } from './git.mjs'

const PAGE = 'docs/reliability.md'
/** What make is asked for; `SUITES="test,T=core/ fuzz"` for other targets, or fewer. */
const SUITES = process.env['SUITES'] ?? 'test test-faults test-load soak fuzz'

const HEAD = `# Reliability

What was thrown at byway, how often, and what came of it. Written by the suites themselves: \`make reliability\` runs
them and writes this page anew.
`

/** @typedef {{ suite: string, what: string, times: number, outcome: string }} Thrown */
/** @typedef {{ run: string, minutes: number, passed: boolean, commit: string }} Run */

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'byway-report-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const report = process.env['BYWAY_TEST_REPORT'] ?? join(folder, 'report.jsonl')
for (const words of SUITES.split(' ').filter(Boolean)) runSuite(words)
const { thrown, runs } = readReport(report)
mkdirSync('docs', { recursive: true })
writeFileSync(PAGE, render(thrown, runs))
console.log(`wrote ${PAGE}`)
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1

/** @param {string} words for make, with commas */
function runSuite(words) {
  const began = Date.now()
  const run = words.replaceAll(',', ' ')
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes in src'
  const commit = git('log', '-1', '--format=%h of %cs') + changed
  const env = { ...process.env, BYWAY_TEST_REPORT: report }
  const { status } = spawnSync('make', words.split(','), { env, stdio: 'inherit' })
  /** @type {Run} */
  const line = { run, minutes: (Date.now() - began) / 60_000, passed: status === 0, commit }
  appendFileSync(report, `${JSON.stringify(line)}\n`)
}

/**
 * One line for each thing and what came of it, in the order of the first; times are added up.
 *
 * @param {string} file
 * @returns {{ thrown: Thrown[], runs: Run[] }}
 */
function readReport(file) {
  /** @type {(Thrown | Run)[]} */
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  /** @type {Map<string, Thrown>} */
  const sums = new Map()
  for (const line of lines) {
    if (!('suite' in line)) continue
    const { suite, what, times, outcome } = line
    const key = JSON.stringify([suite, what, outcome])
    const before = sums.get(key)?.times ?? 0
    sums.set(key, { suite, what, outcome, times: before + times })
  }
  return { thrown: [...sums.values()], runs: lines.filter((line) => 'run' in line) }
}

/**
 * @param {readonly Thrown[]} thrown
 * @param {readonly Run[]} runs
 */
function render(thrown, runs) {
  const suites = [...new Set(thrown.map(({ suite }) => suite))].sort()
  const tables = suites.map((suite) => {
    const rows = thrown.filter((one) => one.suite === suite)
    return [
      `## ${capitalise(suite)}`,
      '',
      '| thrown at byway | times | what came of it |',
      '| --- | ---: | --- |',
      ...rows.map(
        ({ what, times, outcome }) => `| ${cell(what)} | ${group(times)} | ${cell(outcome)} |`,
      ),
      '',
    ].join('\n')
  })
  return [HEAD, describe(runs), '', ...tables].join('\n')
}

/** @param {readonly Run[]} runs */
function describe(runs) {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const machine = `${cpus().length} processors (${cpu?.model.trim()}), ${memory}, Linux ${release()}`
  const lines = [
    `- machine: ${machine}, Node ${process.versions.node}`,
    ...runs.map(({ run, minutes, passed, commit }) => {
      const end = passed ? 'passed' : 'FAILED'
      return `- \`make ${run}\` at ${commit}: ${end}, ${minutes.toFixed(1)} minutes`
    }),
  ]
  return lines.join('\n')
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** @param {string} text */
function capitalise(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** @param {number} count */
function group(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
