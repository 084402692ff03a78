import { setTimeout as delay } from 'node:timers/promises'
import { BywayError } from '../core/errors.ts'
import { type Ended, type EvaluatorContext, runEvaluator, shortenError } from './evaluator.ts'
import { LOST, MARK, makeExpression } from './nix-expression.ts'
import { isObject } from './schema.ts'

/** Parts of one clan that may end the evaluation before it is given up. */
const TRIES = 32

/**
 * Milliseconds to wait, one after the other, while another Nix holds its database: Nix gives up at
 * once when it finds it so as it opens it, as when both are the first on a computer
 * (https://github.com/NixOS/nix/issues/15987).
 */
const BUSY_WAITS = [100, 200, 400, 800, 1600]

/** What a clan says besides its exports, and these where they were asked for. Nothing is checked. */
export interface ClanFacts {
  readonly exports: unknown
  readonly targetHosts: unknown
  readonly jumpHosts: unknown
  readonly domain: unknown
  readonly directory: unknown
  /** what could not be evaluated: keys as a JSON path each */
  readonly failed: readonly string[]
}

/** What is asked of Nix. */
export interface NixQuestion {
  /** the flake, as the installable before `#`: `.` is the directory that Nix is started in */
  readonly installable: string
  /** false: the exports are known already */
  readonly exports: boolean
  /** whether what Nix fetched lately is fetched again */
  readonly refresh: boolean
}

/**
 * Evaluates a flake's output `clan` with `nix eval`; what cannot be evaluated is left out and
 * named. Throws UNAVAILABLE where there is no nix, DATAERR with Nix's own message, and the signal's
 * reason.
 */
export async function evaluateWithNix(
  question: NixQuestion,
  context: EvaluatorContext,
): Promise<ClanFacts> {
  const skip: string[] = []
  for (;;) {
    const ended = await runWhenFree(makeCommand(question, skip), context)
    if (ended === null) throw noNix()
    if (ended.status === 0) return readFacts(ended.output, skip)
    const part = lastMark(ended.words)
    // without the part that holds the exports there is nothing to go on with
    if (part === null || part === '["exports"]' || skip.includes(part) || skip.length >= TRIES) {
      throw failed(ended)
    }
    skip.push(part)
  }
}

async function runWhenFree(
  command: readonly string[],
  context: EvaluatorContext,
): Promise<Ended | null> {
  for (const wait of BUSY_WAITS) {
    const ended = await runEvaluator(command, context)
    if (ended === null || ended.status === 0 || !isBusy(ended)) return ended
    // an abort is what the next run throws
    await delay(wait, undefined, { signal: context.signal }).catch(() => {})
  }
  return runEvaluator(command, context)
}

/** Whether Nix's database was what it ended for; that it waited for one is a `warning:`. */
function isBusy({ words }: Ended): boolean {
  return /^error:\s*SQLite database .* is busy/m.test(words)
}

function makeCommand({ installable, exports, refresh }: NixQuestion, skip: string[]): string[] {
  return [
    ...['nix', 'eval', '--json', `${installable}#clan`],
    ...['--extra-experimental-features', 'nix-command flakes'],
    // the flake is the user's own, and is not changed by looking at it
    '--no-write-lock-file',
    ...(refresh ? ['--refresh'] : []),
    ...['--apply', makeExpression({ exports, skip })],
  ]
}

function lastMark(words: string): string | null {
  const marks = words.split('\n').filter((line) => line.startsWith(MARK))
  return marks.at(-1)?.slice(MARK.length) ?? null
}

function readFacts(output: string, skip: readonly string[]): ClanFacts {
  const lost: string[] = []
  const facts = withoutLost(parse(output), [], (path) => lost.push(JSON.stringify(path)))
  if (!isObject(facts)) throw new BywayError('DATAERR', 'nix: what it wrote is no JSON object')
  const { exports, targetHosts, jumpHosts, domain, directory } = facts
  return {
    ...{ exports, targetHosts, jumpHosts, domain, directory },
    failed: [...new Set([...skip, ...lost])],
  }
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    throw new BywayError('DATAERR', 'nix: what it wrote is no JSON, or cut off')
  }
}

/** The value without what was lost in it, of which `tell` hears. */
function withoutLost(
  value: unknown,
  path: readonly (string | number)[],
  tell: (path: readonly (string | number)[]) => void,
): unknown {
  if (Array.isArray(value)) {
    const kept = value.map((entry, i) => withoutLost(entry, [...path, i], tell))
    return kept.filter((entry) => entry !== undefined)
  }
  if (!isObject(value)) return value
  if (value['byway'] === LOST.byway && Object.keys(value).length === 1) {
    tell(path)
    return undefined
  }
  const kept = Object.entries(value).map(
    ([key, member]) => [key, withoutLost(member, [...path, key], tell)] as const,
  )
  return Object.fromEntries(kept.filter(([, member]) => member !== undefined))
}

function noNix(): BywayError {
  return new BywayError('UNAVAILABLE', 'there is no program "nix"', {
    hint: 'install Nix, or name an inventory file with --inventory',
  })
}

function failed({ words, status }: Ended): BywayError {
  const end = status === null ? 'ended by a signal: ' : ''
  return new BywayError('DATAERR', `nix: ${end}${shortenError(words)}`)
}
