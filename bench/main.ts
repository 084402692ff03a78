/**
 * Runs the bench: `main.ts [--quick | --small] [row …]`. All rows together, full or quick, are written to
 * bench/results.md; small is only to see that every row works.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bulk } from './bulk.ts'
import { fallback } from './fallback.ts'
import { flake } from './flake.ts'
import { describeComputer, FULL, QUICK, type Row, type Size, SMALL } from './harness.ts'
import { interactive } from './interactive.ts'
import { login } from './login.ts'
import { many } from './many.ts'
import { memory } from './memory.ts'
import { relay } from './relay.ts'
import { scale } from './scale.ts'
import { start } from './start.ts'

const ROWS: readonly Row[] = [
  start,
  login,
  bulk,
  relay,
  interactive,
  memory,
  fallback,
  many,
  scale,
  flake,
]

const HEAD = [
  '# The last run of the bench',
  '',
  'Written by `make bench`; how it is measured, and what was learned, is in [README.md](README.md). Medians, in brackets',
  'the quartiles, and the ratio to the first of the table.',
  '',
]

const args = process.argv.slice(2)
const size = chooseSize(args)
const wanted = args.filter((arg) => !arg.startsWith('-'))
const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
if (rows.length === 0)
  throw new Error(`no such row; there are ${ROWS.map(({ name }) => name).join(', ')}`)

const extent = `${size.runs} turns each, ${size.bytes / 2 ** 20} MiB, ${size.logins} logins, ${size.machines} machines at most.`
const day = new Date().toISOString().slice(0, 10)
const text = [...HEAD, `${day}. ${describeComputer().join(' ')} ${extent}`]
for (const { name, target, measure } of rows) {
  const lines = [`## ${name}`, '', `To be reached: ${target}.`, '', ...(await measure(size))]
  console.log(`${lines.join('\n')}\n`)
  text.push('', ...lines)
}
if (size !== SMALL && wanted.length === 0) {
  writeFileSync(fileURLToPath(new URL('results.md', import.meta.url)), `${text.join('\n')}\n`)
}
// what a row left open, an idle keeper's socket for instance, is not to be waited for
process.exit()

function chooseSize(flags: readonly string[]): Size {
  if (flags.includes('--small')) return SMALL
  return flags.includes('--quick') ? QUICK : FULL
}
