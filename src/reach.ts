import { BannerCheck } from './core/banner.ts'
import { systemClock } from './core/clock.ts'
import type { Connection } from './core/connection.ts'
import { BywayError } from './core/errors.ts'
import { Hiding } from './core/hiding.ts'
import { printable } from './core/printable.ts'
import { Report } from './core/report.ts'
import { technologyOf, timeoutOf } from './core/resolve.ts'
import { type Lane, runRace } from './core/run-race.ts'
import type { Secret } from './core/secret.ts'
import { reasonToLeaveOut } from './core/standpoint.ts'
import type { Attempt, Machine, Route, Technology } from './core/types.ts'
import { whenAborted } from './core/when-aborted.ts'
import { awaitWords } from './proof-of-life.ts'

/** Milliseconds after which a network may be started on demand though others still try. */
export const PATIENCE = 1000

/** A connection whose peer has spoken, and what it said so far. */
export interface Reached {
  readonly connection: Connection
  /** the connection's, without secrets */
  readonly description: string
  /** the peer's first bytes, in order; empty when nothing was read */
  readonly head: readonly Uint8Array[]
}

/** How to race. Times in seconds are `timeout`, in milliseconds `stagger` and `grace`. */
export interface ReachOptions {
  readonly technologies: ReadonlyMap<string, Technology>
  /** the machine of the inventory that this computer is; null: none of them */
  readonly self: Machine | null
  readonly stagger: number
  readonly grace: number
  /** for routes whose network and technology say nothing */
  readonly timeout: number
  /** what the person said on the command line; it overrules all others */
  readonly limit?: number | undefined
  /**
   * true: up is when the peer has said anything, as far as that can be seen (see
   * `proof-of-life.ts`), and nothing is read, so that the socket can be passed on;
   * false: up is when the peer says `SSH-`
   */
  readonly untouched: boolean
  /** breaks the race off; absent: nothing does */
  readonly signal?: AbortSignal | undefined
  /** how long ago networks were seen dead, in milliseconds, by name: nobody waits for these */
  readonly doubts?: ReadonlyMap<string, number>
  /** is given the report at the beginning, to look at while the race goes on */
  begun?(report: Report): void
}

/** What a race came to: the winner, or null, and what was tried. */
export interface Outcome {
  readonly winner: { readonly route: Route; readonly reached: Reached } | null
  readonly report: Report
}

/** Races the routes (see `core/race.ts`) and gives the stream of the best that is up. */
export async function reach(routes: readonly Route[], options: ReachOptions): Promise<Outcome> {
  const report = new Report(routes)
  const began = systemClock.now()
  options.begun?.(report)
  const runners = routes.map((route, i) => ({
    priority: route.network.priority,
    timeout: 1000 * (options.limit ?? timeoutOf(route, options.timeout)),
    doubted: options.doubts?.has(route.network.name) === true,
    run: (lane: Lane) => {
      const hiding = new Hiding()
      const stage: Attempt['stage'] = (name, detail) => {
        const further = report.step(i, {
          stage: name,
          at: systemClock.now() - began,
          detail: detail && hiding.hide(detail),
        })
        if (further) lane.heard()
      }
      const age = options.doubts?.get(route.network.name)
      if (age !== undefined) stage('start', describeDoubt(age))
      const revealed = (secret: Secret) => hiding.add(secret)
      const { signal, mayStart } = lane
      const attempt = { signal, mayStart, stage, revealed, untouched: options.untouched }
      return open(route, options, attempt).then(
        (reached) => ({ ...reached, description: hiding.hide(reached.connection.description) }),
        (error) => Promise.reject(hiding.hideIn(error)),
      )
    },
  }))
  const win = await runRace(runners, {
    rules: { stagger: options.stagger, grace: options.grace, patience: PATIENCE },
    clock: systemClock,
    signal: options.signal ?? new AbortController().signal,
    discard: ({ connection }) => connection.close(),
    observe: (event) => report.record(event),
  })
  const route = win === null ? undefined : routes[win.winner]
  if (win === null || route === undefined) return { winner: null, report }
  return { winner: { route, reached: win.value }, report }
}

function describeDoubt(age: number): string {
  const minutes = Math.floor(age / 60_000)
  const ago = minutes === 0 ? 'less than a minute ago' : `${minutes} min ago`
  return `did not answer here ${ago}: none waits for it`
}

type Heard = Omit<Reached, 'description'>

async function open(route: Route, options: ReachOptions, attempt: Attempt): Promise<Heard> {
  const leftOut = reasonToLeaveOut(route, options.self)
  if (leftOut !== null) throw new BywayError('UNAVAILABLE', leftOut, { skipped: true })
  const technology = options.technologies.get(technologyOf(route))
  if (technology === undefined) {
    throw new BywayError('UNAVAILABLE', `no technology "${technologyOf(route)}" in this byway`)
  }
  const connection = await technology.dial(route, attempt)
  attempt.stage('banner')
  if (attempt.untouched) {
    await awaitWords(connection, attempt.signal, systemClock)
    return { connection, head: [] }
  }
  return hear(connection, attempt.signal)
}

/** Reads until the peer has said `SSH-`. Throws UNAVAILABLE with what it said instead. */
async function hear(connection: Connection, signal: AbortSignal): Promise<Heard> {
  const settled = whenAborted(signal, () => connection.close())
  try {
    return await readBanner(connection)
  } catch (error) {
    connection.close()
    throw error
  } finally {
    settled()
  }
}

async function readBanner(connection: Connection): Promise<Heard> {
  const check = new BannerCheck()
  const head: Uint8Array[] = []
  for (;;) {
    const bytes = await connection.read()
    if (bytes === null) throw notSsh(connection, check, 'closed the connection')
    head.push(bytes.slice())
    const verdict = check.push(bytes)
    if (verdict === 'ssh') return { connection, head }
    if (verdict === 'other') throw notSsh(connection, check, 'is no SSH server')
  }
}

function notSsh({ description }: Connection, { firstLine }: BannerCheck, what: string): BywayError {
  const quote = firstLine === '' ? '' : `: it said "${printable(firstLine)}"`
  return new BywayError('UNAVAILABLE', `${description} ${what}${quote}`)
}
