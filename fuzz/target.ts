import * as assert from 'node:assert/strict'
import { BywayError, type ExitName } from '../src/core/errors.ts'

/** What is fuzzed: a piece of byway that is given what others have written. */
export interface Target {
  readonly name: string
  /** inputs to begin with */
  readonly seeds: readonly (string | Uint8Array)[]
  /** what inputs are made of */
  readonly words: readonly string[]
  /** Gives the input to byway. Throws when anything comes of it that must not. */
  run(input: Buffer): void | Promise<void>
}

/** What the seeds have in them that no message may show. */
export const SECRETS = ['hunter2', 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd']

/** What would upset a terminal. */
const HAZARD = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u

/**
 * What the work gives; null when it ends by one of these statuses. Any other end is a finding, and
 * so is a message that shows a secret or upsets a terminal.
 */
export async function survive<T>(
  exits: readonly ExitName[],
  work: () => T | Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BywayError)) throw error
    assert.ok(exits.includes(error.exit), `exit ${error.exit}: ${error.message}`)
    requireSafe(`${error.message} ${error.hint ?? ''}`)
    return null
  }
}

/** Throws when the text, which a person is shown, has a secret in it. */
export function requireSafe(text: string): void {
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `it shows a secret: ${text}`)
}

/** Throws when the text would upset a terminal. */
export function requirePrintable(text: string): void {
  assert.ok(!HAZARD.test(text), `it would upset a terminal: ${JSON.stringify(text)}`)
}

/** The input as words, which a NUL ends. */
export function wordsOf(input: Buffer): string[] {
  return input.toString().split('\0')
}
