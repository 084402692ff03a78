import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { BywayError, type ExitName } from '../../src/core/errors.ts'

/** What the work throws, now or later; fails when it throws nothing. */
export async function caught(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** The `BywayError` with this exit name that the work throws; fails on anything else. */
export async function caughtByway(
  exit: ExitName,
  work: Promise<unknown> | (() => unknown),
): Promise<BywayError> {
  const error = await caught(work)
  if (!(error instanceof BywayError)) {
    throw new Error(`not a BywayError: ${inspect(error)}`, { cause: error })
  }
  assert.is(error.exit, exit, `exit ${error.exit} instead of ${exit}: ${error.message}`)
  return error
}

/** Fails when any way to print the error, its properties or its causes shows one of the secrets. */
export function hides(error: unknown, ...secrets: readonly string[]): void {
  const shown = waysToPrint(error).join('\n')
  for (const secret of secrets) {
    assert.not.ok(shown.includes(secret), `it shows the secret "${secret}": ${shown}`)
  }
}

function waysToPrint(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error), inspect(error), print(error)]
  const own = Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name))
  const deep = inspect(error, { depth: null, showHidden: true, getters: true })
  const ways = [error.message, error.stack ?? '', deep, ...own.map(print), print(error)]
  return error.cause === undefined ? ways : [...ways, ...waysToPrint(error.cause)]
}

/** As JSON, what turns in circles left out. */
function print(value: unknown): string {
  const seen = new Set<unknown>()
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return String(part)
    if (typeof part !== 'object' || part === null) return part
    if (seen.has(part)) return '[seen]'
    seen.add(part)
    return part
  })
  return text ?? ''
}
