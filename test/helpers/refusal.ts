import * as assert from 'uvu/assert'
import { type BywayOptions, type Home, runByway } from './byway.ts'
import type { Result } from './program.ts'

/** How byway has to end, and what has to be on stderr. */
export interface Refusal {
  /** the exit status of sysexits.h */
  readonly status: number
  readonly words: readonly (string | RegExp)[]
}

/** Bytes of stderr beyond which nobody reads what went wrong. */
const LONGEST = 2000

/** Runs byway and fails unless it ends as it has to: see `assertRefused`. What it said. */
export async function refuses(
  home: Home,
  args: readonly string[],
  { status, words, ...options }: Refusal & BywayOptions,
): Promise<string> {
  const result = await runByway(home, args, options)
  assertRefused(result, { status, words })
  return result.stderr
}

/**
 * Fails unless byway ended with the status, said all the words, in a few lines that begin as all
 * its lines do and cannot upset a terminal, and printed nothing on stdout.
 */
export function assertRefused(result: Result, { status, words }: Refusal): void {
  const { stdout, stderr } = result
  for (const word of words) {
    if (typeof word === 'string') assert.ok(stderr.includes(word), `"${word}" is not in: ${stderr}`)
    else assert.match(stderr, word)
  }
  assert.is(result.status, status, `status ${result.status} instead of ${status}: ${stderr}`)
  assert.is(stdout.toString(), '', 'nothing on stdout')
  assert.match(stderr, /^byway: .*\n(?: {2}.*\n)*(?:hint: .*\n)?$/)
  assert.not.match(stderr, /[^\P{Cc}\n]/u, 'no control characters')
  assert.ok(stderr.length < LONGEST, `${stderr.length} characters on stderr`)
}
