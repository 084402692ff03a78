import { BywayError } from './errors.ts'
import { type Action, type Entrant, Race, type Rules } from './race.ts'

/** Time as the race sees it: monotonic milliseconds, and a call at a time. */
export interface Clock {
  now(): number
  /** Calls `callback` once at or soon after `time`; the returned function takes that back. */
  at(time: number, callback: () => void): () => void
}

/** What a running entrant is given. */
export interface Lane {
  /** aborts when the entrant's time is over or another one was chosen */
  readonly signal: AbortSignal
  /**
   * Resolves once the race allows that a program is started for this entrant, at once when it has
   * before. Throws the signal's reason when the entrant is released instead.
   */
  mayStart(): Promise<void>
  /** Tells the race that the entrant got further (see `Race.heard`). */
  heard(): void
}

/** An entrant and the work by which it comes up. */
export interface Runner<T> extends Entrant {
  run(lane: Lane): Promise<T>
}

/** News of the race, for a report. `at` is in milliseconds from its beginning. */
export interface RaceEvent {
  readonly kind: Action['kind'] | 'park' | 'up' | 'fail'
  readonly entrant: number
  readonly at: number
  /** what `run` threw, with `fail` */
  readonly error?: unknown
}

/** What a race needs besides its runners. */
export interface RaceOptions<T> {
  readonly rules: Rules
  readonly clock: Clock
  /** ends the race: all are released, and `runRace` throws the signal's reason */
  readonly signal: AbortSignal
  /** releases the value of one that came up and was not chosen */
  discard(value: T): void
  observe?(event: RaceEvent): void
}

/** Who won, and with what. */
export interface Win<T> {
  readonly winner: number
  readonly value: T
}

/**
 * Runs the racing rule over real work. Resolves with the winner, or null when every runner
 * failed; the losers are released by then. Throws the signal's reason when that aborts.
 */
export function runRace<T>(
  runners: readonly Runner<T>[],
  options: RaceOptions<T>,
): Promise<Win<T> | null> {
  return new Promise((resolve, reject) => {
    const { signal } = options
    if (signal.aborted) return reject(signal.reason)
    const race = new RaceRun(runners, options, (win) => {
      signal.removeEventListener('abort', abort)
      resolve(win)
    })
    const abort = () => {
      race.releaseAll()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    race.begin()
  })
}

class RaceRun<T> {
  readonly #race: Race
  readonly #began: number
  readonly #runners: readonly Runner<T>[]
  readonly #options: RaceOptions<T>
  readonly #settle: (win: Win<T> | null) => void
  readonly #controllers: AbortController[]
  readonly #values = new Map<number, T>()
  readonly #permits = new Map<number, () => void>()
  readonly #permitted = new Set<number>()
  #disarm: () => void = () => {}

  constructor(
    runners: readonly Runner<T>[],
    options: RaceOptions<T>,
    settle: (win: Win<T> | null) => void,
  ) {
    this.#began = options.clock.now()
    this.#race = new Race(runners, options.rules, this.#began)
    this.#runners = runners
    this.#options = options
    this.#settle = settle
    this.#controllers = runners.map(() => new AbortController())
  }

  begin(): void {
    this.#step((now) => this.#race.advance(now))
  }

  releaseAll(): void {
    this.#disarm()
    for (const i of this.#controllers.keys()) this.#release(i)
  }

  #step(tell: (now: number) => Action[]): void {
    this.#disarm()
    const now = this.#options.clock.now()
    for (const action of tell(now)) this.#perform(action, now)
    this.#arm()
  }

  #arm(): void {
    // a runner that asks to be parked in its first moment has us here within another step
    this.#disarm()
    const time = this.#race.wakeAt()
    if (time !== null) {
      const wake = () => this.#step((now) => this.#race.advance(now))
      this.#disarm = this.#options.clock.at(time, wake)
    } else if (this.#race.over && !this.#won) this.#settle(null)
  }

  #won = false

  #perform(action: Action, now: number): void {
    const { kind, entrant } = action
    this.#observe({ kind, entrant, at: now - this.#began })
    if (kind === 'start') void this.#run(entrant)
    if (kind === 'permit') this.#permit(entrant)
    if (kind === 'expire' || kind === 'lose') this.#release(entrant)
    if (kind === 'win') {
      this.#won = true
      this.#settle({ winner: entrant, value: this.#values.get(entrant) as T })
      this.#values.delete(entrant)
    }
  }

  async #run(i: number): Promise<void> {
    const { signal } = this.#controllers[i] as AbortController
    const heard = () => this.#race.heard(i, this.#options.clock.now())
    const lane = { signal, mayStart: () => this.#park(i), heard }
    try {
      const value = await (this.#runners[i] as Runner<T>).run(lane)
      if (signal.aborted) return this.#options.discard(value)
      this.#values.set(i, value)
      this.#news({ kind: 'up', entrant: i })
    } catch (error) {
      if (!signal.aborted) this.#news({ kind: 'fail', entrant: i, error })
    }
  }

  #park(i: number): Promise<void> {
    const { signal } = this.#controllers[i] as AbortController
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (this.#permitted.has(i)) return resolve()
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      this.#permits.set(i, resolve)
      this.#news({ kind: 'park', entrant: i })
    })
  }

  #news(event: { kind: 'up' | 'fail' | 'park'; entrant: number; error?: unknown }): void {
    const { kind, entrant } = event
    this.#observe({ ...event, at: this.#options.clock.now() - this.#began })
    this.#step((now) => {
      if (kind === 'up') return this.#race.up(entrant, now)
      if (isSkipped(event.error)) return this.#race.skipped(entrant, now)
      return kind === 'fail' ? this.#race.failed(entrant, now) : this.#race.parked(entrant, now)
    })
  }

  #permit(i: number): void {
    this.#permitted.add(i)
    this.#permits.get(i)?.()
  }

  #release(i: number): void {
    this.#controllers[i]?.abort()
    if (!this.#values.has(i)) return
    const value = this.#values.get(i) as T
    this.#values.delete(i)
    this.#options.discard(value)
  }

  #observe(event: RaceEvent): void {
    this.#options.observe?.(event)
  }
}

function isSkipped(error: unknown): boolean {
  return error instanceof BywayError && error.skipped
}
