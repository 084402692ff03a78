/**
 * `reliability.mjs`: runs the suites that throw things at byway, and writes `docs/reliability.md` of
 * what they note (`noteThrown`, test/helpers/thrown.ts). With a file as argument, which has such
 * notes, it only writes. The page is not to be written by hand.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE = 'docs/reliability.md'
/** What make is asked for; `SUITES="test,T=core/ fuzz"` for other targets, or fewer. */
const SUITES = (process.env['SUITES'] ?? 'test test-faults test-load soak fuzz').split(' ')

const HEAD = `# Reliability

What was thrown at byway, how often, and what came of it. Written by the suites themselves: \`make reliability\` runs
them and writes this page anew.
`

/** @typedef {{ suite: string, what: string, times: number, outcome: string }} Thrown */
/** @typedef {{ name: string, minutes: number, passed: boolean }} Run */

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const [given] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'byway-report-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const report = given ?? process.env['BYWAY_TEST_REPORT'] ?? join(folder, 'report.jsonl')
const runs = given === undefined ? SUITES.map(runSuite) : []
mkdirSync('docs', { recursive: true })
writeFileSync(PAGE, render(readReport(report), runs))
console.log(`wrote ${PAGE}`)
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1

/**
 * @param {string} words for make, with commas
 * @returns {Run}
 */
function runSuite(words) {
  const began = Date.now()
  const name = words.replaceAll(',', ' ')
  const env = { ...process.env, BYWAY_TEST_REPORT: report }
  const { status } = spawnSync('make', words.split(','), { env, stdio: 'inherit' })
  return { name, minutes: (Date.now() - began) / 60_000, passed: status === 0 }
}

/**
 * One line for each thing and what came of it, in the order of the first; times are added up.
 *
 * @param {string} file
 * @returns {Thrown[]}
 */
function readReport(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  /** @type {Map<string, Thrown>} */
  const sums = new Map()
  for (const line of lines) {
    /** @type {Thrown} */
    const { suite, what, times, outcome } = JSON.parse(line)
    const key = JSON.stringify([suite, what, outcome])
    const before = sums.get(key)?.times ?? 0
    sums.set(key, { suite, what, outcome, times: before + times })
  }
  return [...sums.values()]
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
  const commit = git('log', '-1', '--format=%h of %cs')
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ', with changes in src'
  const lines = [
    `- commit: ${commit}${changed}`,
    `- machine: ${machine}, Node ${process.versions.node}`,
    ...(runs.length === 0
      ? [`- notes of ${statSync(report).mtime.toISOString().slice(0, 10)}`]
      : []),
    ...runs.map(({ name, minutes, passed }) => {
      return `- \`make ${name}\`: ${passed ? 'passed' : 'FAILED'}, ${minutes.toFixed(1)} minutes`
    }),
  ]
  return lines.join('\n')
}

/** @param {string[]} words */
function git(...words) {
  return spawnSync('git', words, { encoding: 'utf8' }).stdout.trim()
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
