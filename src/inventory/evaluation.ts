import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BywayError, EXIT_STATUS, type ExitName, messageOf } from '../core/errors.ts'
import { holdsSecret } from '../core/secret-host.ts'
import { readCacheFile, writeCacheFile } from './cache-file.ts'
import { evaluationPath, exportsPath, failurePath, isExportsName } from './flake.ts'
import { checksum } from './records.ts'
import type { Stamp } from './stamp.ts'

/** Changes whenever a field or its meaning does; other versions are not read. */
const VERSION = 3
/** What a kept file begins with: its version, and the checksum of all that follows. */
const HEAD = /^\{"version":(\d+),"checksum":(\d+),/

/** Where machines are. */
export interface Whereabouts {
  /** Clan's exports, as an inventory file has them; null: there are none */
  readonly exports: unknown
  /** `deploy.targetHost` by machine */
  readonly targetHosts: Readonly<Record<string, string>>
}

/** What a flake was evaluated to, as the cache keeps it: without its reference, which may have a token in it. */
export interface Evaluation extends Whereabouts {
  /** when it began, milliseconds since 1970 */
  readonly at: number
  /** absolute path of the clan's directory; null: it is not on this computer */
  readonly clan: string | null
  /** the clan's `meta.domain`; null: it has none */
  readonly domain: string | null
  /** the file that has exports and targetHosts in the place of this one; null: this one has them */
  readonly elsewhere: string | null
  /** jump hosts by instance and machine */
  readonly jumpHosts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** what could not be evaluated: keys as a JSON path each */
  readonly failed: readonly string[]
  /** what it depends on, as it was before; empty where nothing is on this computer */
  readonly stamps: readonly Stamp[]
  /** what git tracked then; null: it is not in git */
  readonly tracked: Tracked | null
}

/** What git tracks in a flake's repository. */
export interface Tracked {
  /** absolute path of the working tree */
  readonly top: string
  /** absolute path of git's index, which git also writes when it tracks the same as before */
  readonly index: string
  /** SHA-256 of names and contents */
  readonly digest: string
}

/** Why an evaluation failed, as the cache keeps it. */
export interface Failure {
  /** when it failed, milliseconds since 1970 */
  readonly at: number
  readonly exit: ExitName
  readonly message: string
  readonly hint: string | null
  /** what it depends on, as it was before; null: that is not known */
  readonly stamps: readonly Stamp[] | null
}

/** Where evaluations are kept. Absolute paths. */
export interface EvaluationFolders {
  readonly cache: string
  /** for what the cache may not hold */
  readonly state: string
}

/** An evaluation from its text; null when it is none of this version, or damaged. */
export function parseEvaluation(text: string): Evaluation | null {
  return parseKept<Evaluation>(text)
}

/** What a flake was evaluated to last; null: nothing, or not to be trusted. `cache` is the folder. */
export function readEvaluation(flake: string, cache: string): Evaluation | null {
  const bytes = readCacheFile(evaluationPath(cache, flake))
  return bytes === null ? null : parseEvaluation(bytes.toString())
}

/** Why the last evaluation failed; null: it did not, or there was none. */
export function readFailure(flake: string, cache: string): Failure | null {
  const bytes = readCacheFile(failurePath(cache, flake))
  return bytes === null ? null : parseKept<Failure>(bytes.toString())
}

/** What stands in the file that is `elsewhere`; null when it is no such file. */
export function parseWhereabouts(text: string): Whereabouts | null {
  return parseKept<Whereabouts>(text)
}

/**
 * Keeps an evaluation in place of the last one; exports with an onion name or the like in clear are
 * no secret in a flake, but the cache is no place for them. Throws NOINPUT when it cannot.
 */
export function writeEvaluation(
  flake: string,
  { exports, targetHosts, ...rest }: Omit<Evaluation, 'elsewhere'>,
  { cache, state }: EvaluationFolders,
): void {
  const whereabouts = { exports, targetHosts }
  const isSecret = holdsSecret(Buffer.from(JSON.stringify(whereabouts)))
  const elsewhere = isSecret ? keepWhereabouts(flake, whereabouts, state) : null
  const last = readEvaluation(flake, cache)?.elsewhere ?? null
  const shown = elsewhere === null ? whereabouts : { exports: null, targetHosts: {} }
  write(evaluationPath(cache, flake), { ...rest, ...shown, elsewhere })
  rmSync(failurePath(cache, flake), { force: true })
  sweepWhereabouts(flake, state, [elsewhere, last])
}

/**
 * Who dials by the last evaluation reads secret names where it found them: the same bytes stay the
 * same file, and others become another one.
 */
function keepWhereabouts(flake: string, whereabouts: Whereabouts, state: string): string {
  const bytes = pack(whereabouts)
  const path = exportsPath(state, flake, checksum(bytes))
  if (readCacheFile(path)?.equals(bytes) !== true) writeBytes(path, bytes)
  return path
}

function sweepWhereabouts(flake: string, state: string, kept: readonly (string | null)[]): void {
  const names = existsSync(state) ? readdirSync(state) : []
  const paths = names.filter((name) => isExportsName(name, flake)).map((name) => join(state, name))
  for (const path of paths) if (!kept.includes(path)) rmSync(path, { force: true })
}

/** Keeps the evaluation that was read, with other stamps, in its place. Throws NOINPUT when it cannot. */
export function restampEvaluation(flake: string, evaluation: Evaluation, cache: string): void {
  write(evaluationPath(cache, flake), evaluation)
}

/** Keeps why an evaluation failed. Throws NOINPUT when it cannot. */
export function writeFailure(
  flake: string,
  failure: { readonly error: unknown; readonly stamps: readonly Stamp[] | null },
  cache: string,
): void {
  const { error, stamps } = failure
  const own = error instanceof BywayError ? error : null
  write(failurePath(cache, flake), {
    at: Date.now(),
    exit: own?.exit ?? 'SOFTWARE',
    message: messageOf(error),
    hint: own?.hint ?? null,
    stamps,
  })
}

/** The error that a failure was. */
export function toError({ exit, message, hint }: Failure): BywayError {
  return new BywayError(exit in EXIT_STATUS ? exit : 'SOFTWARE', message, {
    hint: hint ?? undefined,
  })
}

/** Only what was written is read: no field has to be looked at before it is used. */
function parseKept<T extends object>(text: string): T | null {
  const [head = '', version, sum] = HEAD.exec(text) ?? []
  const body = text.slice(head.length)
  if (Number(version) !== VERSION || checksum(Buffer.from(body)) !== Number(sum)) return null
  return JSON.parse(`{${body}`)
}

function write(path: string, content: object): void {
  writeBytes(path, pack(content))
}

function pack(content: object): Buffer {
  const body = JSON.stringify(content).slice(1)
  return Buffer.from(`{"version":${VERSION},"checksum":${checksum(Buffer.from(body))},${body}`)
}

function writeBytes(path: string, bytes: Buffer): void {
  try {
    writeCacheFile(path, bytes)
  } catch (cause) {
    throw new BywayError('NOINPUT', `write "${path}": ${messageOf(cause)}`, { cause })
  }
}
