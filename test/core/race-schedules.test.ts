import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Action, type Entrant, Race } from '../../src/core/race.ts'
import { inventSchedule, type News, type Plan, type Schedule } from '../helpers/race-schedule.ts'
import { Random } from '../helpers/random.ts'
import { noteThrown } from '../helpers/thrown.ts'

const RUNS = 20_000

const test = suite('core/race: any schedule')
const random = new Random('core/race')

type Status = 'waiting' | 'trying' | 'parked' | News | 'over'

test(`${RUNS} schedules`, () => {
  for (let i = 0; i < RUNS; i++) {
    const schedule = inventSchedule(random)
    try {
      new Play(schedule).run()
    } catch (error) {
      throw new Error(`${String(error)} in ${JSON.stringify(schedule)}`, { cause: error })
    }
  }
  noteThrown({
    suite: 'races',
    what: 'schedules of the racing rule: starts, parks, permits, skips, doubts, failures, timeouts, late alarms',
    times: RUNS,
    outcome: 'one winner or none, by priority, within the budget, all losers released',
  })
})

test.run()

interface Due {
  readonly time: number
  readonly news: News | 'heard'
  readonly entrant: number
}

/** Plays one schedule, and looks at every action whether it may be. */
class Play {
  readonly #schedule: Schedule
  readonly #race: Race
  readonly #status: Status[]
  readonly #due: Due[] = []
  #now = 0
  /** when each was started or permitted; one that is skipped or doubted counts as not started */
  readonly #starts = new Map<number, number>()
  readonly #heard = new Map<number, number>()
  #firstUp: number | null = null
  #winner: number | null = null
  #decidedAt: number | null = null

  constructor(schedule: Schedule) {
    this.#schedule = schedule
    this.#race = new Race(schedule.entrants, schedule.rules, 0)
    this.#status = schedule.entrants.map(() => 'waiting')
  }

  run(): void {
    this.#perform(this.#race.advance(0))
    for (let next = this.#next(); next !== null; next = this.#next()) {
      this.#now = Math.max(this.#now, next.time)
      this.#perform(next.news === null ? this.#race.advance(this.#now) : this.#tell(next))
    }
    this.#conclude()
  }

  /** What comes next: news, or the race's alarm, which may ring late. */
  #next(): { time: number; news: Due['news'] | null; entrant: number } | null {
    const wake = this.#race.wakeAt()
    assert.ok(wake === null || wake > this.#now, `it would be woken at ${wake} for nothing`)
    const alarm = wake === null ? Number.POSITIVE_INFINITY : wake + this.#sloth()
    this.#due.sort((a, b) => a.time - b.time)
    const [first] = this.#due
    if (first !== undefined && first.time <= alarm) {
      this.#due.shift()
      return first
    }
    return wake === null ? null : { time: alarm, news: null, entrant: -1 }
  }

  #sloth(): number {
    return this.#schedule.sloth === 0 ? 0 : random.between(0, this.#schedule.sloth)
  }

  #tell({ news, entrant }: { news: Due['news'] | null; entrant: number }): Action[] {
    if (news === 'heard') return this.#hear(entrant)
    const counts = this.#decidedAt === null && this.#tries(entrant)
    if (counts && news === 'up') this.#firstUp ??= this.#now
    if (counts && news !== null) this.#status[entrant] = news
    if (news === 'up') return this.#race.up(entrant, this.#now)
    if (news === 'skipped') this.#starts.delete(entrant)
    if (news === 'skipped') return this.#race.skipped(entrant, this.#now)
    if (news === 'failed') return this.#race.failed(entrant, this.#now)
    return this.#race.parked(entrant, this.#now)
  }

  #hear(entrant: number): Action[] {
    if (this.#tries(entrant)) this.#heard.set(entrant, this.#now)
    this.#race.heard(entrant, this.#now)
    // an alarm that rings late may be due
    return this.#race.advance(this.#now)
  }

  #perform(actions: readonly Action[]): void {
    for (const { kind, entrant } of actions) {
      if (kind === 'start') this.#start(entrant)
      if (kind === 'permit') this.#permit(entrant)
      if (kind === 'expire') this.#expire(entrant)
      if (kind === 'win') this.#win(entrant)
      if (kind === 'lose') this.#lose(entrant)
    }
    if (this.#race.over) this.#decidedAt ??= this.#now
    else this.#requireReasonToWait()
  }

  /** What is not done yet waits for somebody who is worth it, and is not doubted. */
  #requireReasonToWait(): void {
    const best = this.#status.indexOf('up')
    const tried = this.#indexes().filter((i) => this.#isAwaited(i))
    const least = best < 0 ? 0 : this.#entrant(best).priority
    const worth = tried.some((i) => this.#entrant(i).priority > least && this.#isWorth(i))
    assert.ok(best < 0 || worth, 'one is up, and waits for nobody')
    const due = tried.length === 0 || this.#now >= this.#lastStart + this.#schedule.rules.stagger
    const waits = this.#indexes().some((i) => this.#status[i] === 'waiting' && !this.#isLate(i))
    assert.not.ok(best < 0 && waits && due, 'the next one could have started')
  }

  #start(entrant: number): void {
    assert.is(this.#decidedAt, null, 'start after the decision')
    assert.is(this.#firstUp, null, 'start while one is up')
    assert.is(this.#status[entrant], 'waiting', 'start twice')
    const awaited = this.#indexes().some((i) => this.#isAwaited(i))
    const early = this.#now < this.#lastStart + this.#schedule.rules.stagger
    assert.not.ok(awaited && early, 'start before the stagger')
    const skipped = this.#status.slice(0, entrant).indexOf('waiting')
    assert.ok(skipped < 0 || this.#isLate(skipped), 'start out of order')
    this.#status[entrant] = 'trying'
    if (this.#entrant(entrant).doubted !== true) this.#starts.set(entrant, this.#now)
    const { parksAfter, hears, ...plan } = this.#plan(entrant)
    for (const after of hears) this.#due.push({ time: this.#now + after, news: 'heard', entrant })
    if (parksAfter === null) this.#foresee(entrant, plan)
    else this.#due.push({ time: this.#now + parksAfter, news: 'parked', entrant })
  }

  #permit(entrant: number): void {
    assert.is(this.#decidedAt, null, 'permit after the decision')
    assert.is(this.#firstUp, null, 'permit while one is up')
    assert.is(this.#status[entrant], 'parked', 'permit for one that did not ask')
    const idle = !this.#status.includes('trying')
    assert.ok(idle || this.#now >= this.#schedule.rules.patience, 'permit without patience')
    this.#status[entrant] = 'trying'
    if (this.#entrant(entrant).doubted !== true) this.#starts.set(entrant, this.#now)
    this.#foresee(entrant, this.#plan(entrant))
  }

  #expire(entrant: number): void {
    const running = ['trying', 'parked'].includes(this.#status[entrant] ?? '')
    assert.ok(running, 'expire one that does not run')
    assert.ok(this.#isLate(entrant), 'expire too early')
    this.#status[entrant] = 'over'
  }

  #win(entrant: number): void {
    assert.is(this.#winner, null, 'two winners')
    assert.is(this.#status[entrant], 'up', 'the winner is not up')
    const { priority } = this.#entrant(entrant)
    const better = this.#indexes().filter((i) => this.#entrant(i).priority > priority)
    assert.not.ok(
      better.some((i) => this.#status[i] === 'up'),
      'a higher one was up',
    )
    const graceEnd = (this.#firstUp ?? 0) + this.#schedule.rules.grace
    const waits = better.some((i) => this.#isAwaited(i) && this.#isWorth(i))
    assert.ok(!waits || this.#now >= graceEnd, 'a higher one had its grace still')
    assert.ok(this.#now <= graceEnd + this.#schedule.sloth, 'decided after the grace')
    this.#winner = entrant
    this.#decidedAt = this.#now
    this.#status[entrant] = 'over'
  }

  #lose(entrant: number): void {
    assert.is.not(this.#winner, null, 'a loser without a winner')
    const running = ['trying', 'parked', 'up'].includes(this.#status[entrant] ?? '')
    assert.ok(running, 'lose one that does not run')
    this.#status[entrant] = 'over'
  }

  /** Nobody is left running, and all was decided in time. */
  #conclude(): void {
    assert.ok(this.#race.over, 'it never ends')
    const open = ['trying', 'parked', 'up'] as const
    for (const status of open) assert.not.ok(this.#status.includes(status), `one is left ${status}`)
    if (this.#winner === null) assert.is(this.#firstUp, null, 'one was up and nobody won')
    const budget = Math.max(0, ...this.#schedule.entrants.map(({ timeout }) => timeout))
    const { grace } = this.#schedule.rules
    const latest = Math.max(budget, (this.#firstUp ?? 0) + grace) + this.#schedule.sloth
    assert.ok((this.#decidedAt ?? 0) <= latest, 'decided after the budget')
  }

  #foresee(entrant: number, { ends, after }: Pick<Plan, 'ends' | 'after'>): void {
    if (ends !== 'never') this.#due.push({ time: this.#now + after, news: ends, entrant })
  }

  #tries(entrant: number): boolean {
    const status = this.#status[entrant]
    return status === 'trying' || status === 'parked'
  }

  #isAwaited(entrant: number): boolean {
    return this.#status[entrant] === 'trying' && this.#entrant(entrant).doubted !== true
  }

  get #lastStart(): number {
    return Math.max(...this.#starts.values())
  }

  /** By the words of the rule: its stagger, or as long again as it took so far and the grace. */
  #isWorth(entrant: number): boolean {
    const { stagger, grace } = this.#schedule.rules
    const started = this.#starts.get(entrant) ?? 0
    const took = Math.max(0, (this.#heard.get(entrant) ?? started) - started)
    return this.#now < started + Math.max(stagger, 2 * took + grace)
  }

  #isLate(entrant: number): boolean {
    return this.#now >= this.#entrant(entrant).timeout
  }

  #indexes(): number[] {
    return [...this.#status.keys()]
  }

  #entrant(i: number): Entrant {
    return this.#schedule.entrants[i] as Entrant
  }

  #plan(i: number): Plan {
    return this.#schedule.plans[i] as Plan
  }
}
