/**
 * What a test file's text and uvu's output say of it.
 *
 * @typedef {{ passed: number, failed: number, notes: string[] }} Tally
 */
import { stripVTControlCharacters } from 'node:util'

/**
 * What would let tests of a file pass unseen: a suite that is made and never run.
 *
 * @param {string} source
 */
export function findFlaws(source) {
  const suites = [...source.matchAll(/\b(?:const|let)\s+(\w+)\s*=\s*suite\b/g)].map(
    ([, name]) => name,
  )
  if (/import\s*\{[^}]*\btest\b[^}]*\}\s*from\s*'uvu'/.test(source)) suites.push('test')
  const flaws = suites
    .filter((name) => !new RegExp(`\\b${name}\\.run\\(\\)`).test(source))
    .map((name) => `the suite ${name} is never run: ${name}.run() is missing`)
  if (suites.length === 0 && !source.includes('.run()')) flaws.push('no suite is run')
  return flaws
}

/**
 * Counts what uvu printed. Whatever is wrong beyond single tests counts as one failure each.
 *
 * @param {string} output
 * @param {string} end how the process ended, empty when all was well
 * @param {readonly string[]} flaws
 * @returns {Tally}
 */
export function tally(output, end, flaws) {
  const plain = stripVTControlCharacters(output)
  const summary = [
    ...plain.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm),
  ].at(-1)
  const { total, passed, skipped } = summary ? readCounts(summary) : sumSuites(plain)
  const wrongs = [...flaws]
  if (!summary) wrongs.push(`ended before its tests did${end && ` (${end})`}`)
  else if (total === 0) wrongs.push('has no tests')
  else if (end && (total === passed || !end.startsWith('exit status'))) wrongs.push(end)
  const notes = skipped ? [...wrongs, `${skipped} skipped, which counts as failed`] : wrongs
  return { passed, failed: total - passed + skipped + wrongs.length, notes }
}

/** @param {RegExpMatchArray} summary */
function readCounts(summary) {
  const [total = 0, passed = 0, skipped = 0] = summary.slice(1).map(Number)
  return { total, passed, skipped }
}

/**
 * The suites that were complete when a process ended early: each has a line that ends in `(passed / total)`.
 *
 * @param {string} plain
 */
function sumSuites(plain) {
  let [total, passed] = [0, 0]
  for (const [, ran, all] of plain.matchAll(/ {2}\((\d+) \/ (\d+)\)$/gm)) {
    passed += Number(ran)
    total += Number(all)
  }
  return { total, passed, skipped: 0 }
}
