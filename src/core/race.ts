/** What the racing rule knows of one route. */
export interface Entrant {
  /** higher wins; entrants come in this order, highest first */
  readonly priority: number
  /** milliseconds from the beginning of the race in which it must be up */
  readonly timeout: number
  /** it was seen dead not long ago: it is tried in its turn, and nobody waits for it */
  readonly doubted?: boolean
}

/** The numbers of the rule, all in milliseconds. */
export interface Rules {
  /** the next entrant starts this long after the last one started */
  readonly stagger: number
  /** how long one that is up waits, at most, for a higher one that is still trying */
  readonly grace: number
  /** when a network that must first be started may be, though others are still trying */
  readonly patience: number
}

/** What the race wants done. `entrant` is an index into the entrants. */
export interface Action {
  /**
   * start: dial it; permit: it may start its program; expire: its time is over, release it;
   * win: it is chosen; lose: another was chosen, release it
   */
  readonly kind: 'start' | 'permit' | 'expire' | 'win' | 'lose'
  readonly entrant: number
}

type Status = 'waiting' | 'trying' | 'parked' | 'up' | 'failed' | 'released'

/**
 * When an entrant that has not come up is no more worth waiting for: once its stagger is over, unless it
 * got further meanwhile. Its next step may take as long as all before it did, and the grace more.
 * `heard`: when it last got further; what was before its start does not count, nor does null.
 */
export function worthUntil(
  { started, heard }: { readonly started: number; readonly heard: number | null },
  { stagger, grace }: Pick<Rules, 'stagger' | 'grace'>,
): number {
  const took = Math.max(0, (heard ?? started) - started)
  return started + Math.max(stagger, 2 * took + grace)
}

/**
 * The racing rule, as a state machine without clock or I/O: tell it what happened and what time
 * it is (milliseconds, monotonic), and do what it answers.
 *
 * Entrants start in order: the first at once, the next when all that were started have failed or
 * `stagger` after the last start; one that is skipped counts as not started. One that is up wins at
 * once when none of higher priority is still worth waiting for (`worthUntil`), else when none is any
 * more, at the latest `grace` after the first was up, unless a higher one comes up before. One that is
 * doubted costs the others no wait: the next starts with it, and one that is up does not wait for it.
 * One that must first start a program is parked until all others have failed or `patience` has passed.
 */
export class Race {
  readonly #entrants: readonly Entrant[]
  readonly #rules: Rules
  readonly #began: number
  readonly #status: Status[]
  readonly #permitted = new Set<number>()
  /** when the entrants were started, or permitted, without those that were skipped */
  readonly #starts = new Map<number, number>()
  /** when they last got further */
  readonly #heard = new Map<number, number>()
  #firstUp: number | null = null
  #over = false

  constructor(entrants: readonly Entrant[], rules: Rules, now: number) {
    this.#entrants = entrants
    this.#rules = rules
    this.#began = now
    this.#status = entrants.map(() => 'waiting')
  }

  /** True once there is a winner, or nobody is left. */
  get over(): boolean {
    return this.#over
  }

  /** The entrant's stream is there. Late news of one that was released changes nothing. */
  up(entrant: number, now: number): Action[] {
    if (this.#status[entrant] === 'trying') {
      this.#status[entrant] = 'up'
      this.#firstUp ??= now
    }
    return this.advance(now)
  }

  /** The entrant got further, and is not up yet: its proxy has answered, its connection stands. */
  heard(entrant: number, now: number): void {
    this.#heard.set(entrant, now)
  }

  /** The entrant cannot be reached. */
  failed(entrant: number, now: number): Action[] {
    const status = this.#status[entrant]
    if (status === 'trying' || status === 'parked') this.#status[entrant] = 'failed'
    return this.advance(now)
  }

  /** The entrant had nothing to dial: it is as if it had never been started. */
  skipped(entrant: number, now: number): Action[] {
    this.#starts.delete(entrant)
    return this.failed(entrant, now)
  }

  /** The entrant needs a program started first, and asks whether it may. */
  parked(entrant: number, now: number): Action[] {
    if (this.#status[entrant] === 'trying' && !this.#permitted.has(entrant)) {
      this.#status[entrant] = 'parked'
    }
    return this.advance(now)
  }

  /** What is to be done at this time. */
  advance(now: number): Action[] {
    if (this.#over) return []
    const actions = this.#expire(now)
    const best = this.#status.indexOf('up')
    if (best >= 0) return [...actions, ...this.#decide(best, now)]
    actions.push(...this.#startDue(now))
    this.#over = !this.#has('trying') && !this.#has('parked') && !this.#has('waiting')
    return actions
  }

  /** The time at which `advance` has something to do though nothing happens; null: never. */
  wakeAt(): number | null {
    if (this.#over) return null
    const times = this.#entrants
      .filter((_, i) => this.#mayExpire(i))
      .map(({ timeout }) => this.#began + timeout)
    if (this.#firstUp !== null) times.push(this.#graceEnd(this.#status.indexOf('up')))
    else if (this.#has('waiting')) times.push(this.#lastStart + this.#rules.stagger)
    else if (this.#has('parked')) times.push(this.#nextPermit())
    const next = Math.min(...times)
    return Number.isFinite(next) ? next : null
  }

  #expire(now: number): Action[] {
    return this.#each((i) => {
      const late = this.#mayExpire(i) && now >= this.#began + this.#timeout(i)
      if (!late) return null
      const running = this.#status[i] !== 'waiting'
      this.#status[i] = 'failed'
      return running ? { kind: 'expire', entrant: i } : null
    })
  }

  #decide(best: number, now: number): Action[] {
    if (now < this.#graceEnd(best)) return []
    this.#over = true
    return [{ kind: 'win', entrant: best }, ...this.#releaseOthers(best)]
  }

  /** When the best that is up wins, if nothing happens before. */
  #graceEnd(best: number): number {
    const priority = this.#entrants[best]?.priority ?? 0
    const worth = this.#entrants.map((other, i) => {
      const waits = other.priority > priority && this.#isAwaited(i)
      return waits ? this.#worthUntil(i) : Number.NEGATIVE_INFINITY
    })
    return Math.min((this.#firstUp ?? 0) + this.#rules.grace, Math.max(...worth))
  }

  #worthUntil(i: number): number {
    const started = this.#starts.get(i) ?? this.#began
    return worthUntil({ started, heard: this.#heard.get(i) ?? null }, this.#rules)
  }

  #releaseOthers(winner: number): Action[] {
    return this.#each((i) => {
      const status = this.#status[i]
      if (i === winner || status === 'failed') return null
      this.#status[i] = 'released'
      return status === 'waiting' ? null : { kind: 'lose', entrant: i }
    })
  }

  #startDue(now: number): Action[] {
    const actions: Action[] = []
    for (;;) {
      const awaited = this.#entrants.some((_, i) => this.#isAwaited(i))
      if (awaited && now < this.#lastStart + this.#rules.stagger) return actions
      const action = this.#startNext() ?? this.#permitNext(!this.#has('trying'), now)
      if (action === null) return actions
      if (this.#entrants[action.entrant]?.doubted !== true) this.#starts.set(action.entrant, now)
      actions.push(action)
    }
  }

  #startNext(): Action | null {
    const next = this.#status.indexOf('waiting')
    if (next < 0) return null
    this.#status[next] = 'trying'
    return { kind: 'start', entrant: next }
  }

  #permitNext(idle: boolean, now: number): Action | null {
    const next = this.#status.indexOf('parked')
    if (next < 0 || (!idle && now < this.#began + this.#rules.patience)) return null
    this.#status[next] = 'trying'
    this.#permitted.add(next)
    return { kind: 'permit', entrant: next }
  }

  get #lastStart(): number {
    return Math.max(...this.#starts.values())
  }

  #nextPermit(): number {
    return Math.max(this.#began + this.#rules.patience, this.#lastStart + this.#rules.stagger)
  }

  #isAwaited(i: number): boolean {
    return this.#status[i] === 'trying' && this.#entrants[i]?.doubted !== true
  }

  #mayExpire(i: number): boolean {
    const status = this.#status[i]
    return status === 'waiting' || status === 'trying' || status === 'parked'
  }

  #timeout(i: number): number {
    return this.#entrants[i]?.timeout ?? 0
  }

  #has(status: Status): boolean {
    return this.#status.includes(status)
  }

  #each(act: (i: number) => Action | null): Action[] {
    return this.#entrants.map((_, i) => act(i)).filter((action) => action !== null)
  }
}
