import { join } from 'node:path'
import type { ConnectRequest } from './connect.ts'
import { systemClock } from './core/clock.ts'
import { messageOf } from './core/errors.ts'
import { documentRace, type RaceDocument } from './core/race-document.ts'
import type { Report } from './core/report.ts'
import { readCacheFile } from './inventory/cache-file.ts'
import { type Environment, xdgFolder } from './inventory/locate.ts'
import { appendRotated } from './rotated-file.ts'
import { namesAbove } from './starters.ts'

/** When this process began, milliseconds since 1970. */
const BEGAN = Math.round(Date.now() - 1000 * process.uptime())

/** What is kept of one connect, for `byway explain --last`; a line of JSON, no secrets. */
export interface ConnectNote extends RaceDocument {
  /** which process it was */
  readonly id: string
  /** the machine's name as it was asked for */
  readonly asked: string
  /** when byway was started (ISO 8601) */
  readonly time: string
  /** the programs above byway, the nearest first: `ssh`, `git` */
  readonly startedBy: readonly string[]
  readonly fdpass: boolean
  /** why it failed, or broke; null: neither */
  readonly error: string | null
}

/** A race that goes on, and when it began (`systemClock`). */
export interface RunningRace {
  readonly report: Report
  readonly began: number
}

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** Notes how a race for a machine ended. Never throws. */
export function noteRace(request: ConnectRequest, report: Report, env: Environment): void {
  write(request, documentRace(machineOf(request, report), report.routes), { env, error: null })
}

/** What became of a connect that failed. */
export interface Failure {
  readonly error: unknown
  /** null: it came to no race */
  readonly report: Report | null
}

/** Notes why a connect failed. Never throws. */
export function noteFailure(
  request: ConnectRequest,
  { error, report }: Failure,
  env: Environment,
): void {
  const routes = report?.routes ?? []
  const race = documentRace(routes[0]?.route.machine ?? request.machine, routes)
  write(request, race, { env, error: messageOf(error) })
}

/**
 * Until the returned function is called, a signal that ends byway is noted first: ssh gives up
 * before byway where its ConnectTimeout is short.
 */
export function noteSignals(
  request: ConnectRequest,
  { report, began }: RunningRace,
  env: Environment,
): () => void {
  const note = (signal: NodeJS.Signals) => {
    stop()
    report.interrupt(systemClock.now() - began)
    const race = documentRace(machineOf(request, report), report.routes)
    write(request, race, { env, error: `ended by ${signal} before a route had answered` })
    process.kill(process.pid, signal)
  }
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, note)
  }
  for (const signal of SIGNALS) process.on(signal, note)
  return stop
}

/** The connects that are on record, the last one first. What cannot be read, or others may have written, is left out. */
export function readNotes(env: Environment): ConnectNote[] {
  const file = fileOf(env)
  const notes = new Map<string, ConnectNote>()
  for (const line of [`${file}.1`, file].flatMap(readLines)) {
    const note = parse(line)
    if (note === null) continue
    const before = notes.get(note.id)
    notes.delete(note.id)
    notes.set(note.id, before === undefined ? note : { ...before, error: note.error })
  }
  return [...notes.values()].reverse()
}

function write(
  request: ConnectRequest,
  race: RaceDocument,
  { env, error }: { env: Environment; error: string | null },
): void {
  // the byway that asked this one to relay has the whole race
  if (request.tellUp === true) return
  const note: ConnectNote = {
    id: `${process.pid}-${BEGAN}`,
    asked: request.machine,
    time: new Date(BEGAN).toISOString(),
    startedBy: namesAbove(process.ppid),
    fdpass: request.fdpass,
    error,
    ...race,
  }
  appendRotated(fileOf(env), `${JSON.stringify(note)}\n`)
}

function machineOf({ machine }: ConnectRequest, { routes }: Report): string {
  return routes[0]?.route.machine ?? machine
}

function fileOf(env: Environment): string {
  return join(xdgFolder('STATE', env), 'connects')
}

function readLines(file: string): string[] {
  return readCacheFile(file)?.toString().split('\n') ?? []
}

/** A line that was cut off by a full disk, or is of another version, is none. */
function parse(line: string): ConnectNote | null {
  try {
    const note = JSON.parse(line) as Partial<ConnectNote>
    const sound = typeof note.id === 'string' && Array.isArray(note.routes)
    return sound ? (note as ConnectNote) : null
  } catch {
    return null
  }
}
