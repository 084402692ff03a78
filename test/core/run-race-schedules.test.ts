import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { type Clock, type Lane, type Runner, runRace, type Win } from '../../src/core/run-race.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { Random } from '../helpers/random.ts'
import { noteThrown } from '../helpers/thrown.ts'

const RUNS = 1000
/** When all is over, late values too: milliseconds. */
const END = 6000

const test = suite('core/run-race: any schedule')
const random = new Random('core/run-race')

/** Milliseconds that it works, or the question whether it may start a program. */
type Step = number | 'ask'

interface Plan {
  readonly priority: number
  readonly timeout: number
  readonly doubted: boolean
  readonly steps: readonly Step[]
  readonly ends: 'up' | 'fail' | 'skip' | 'never' | 'at once'
  /** it stops when its signal aborts; else it goes on, and may come up for nobody */
  readonly obedient: boolean
}

interface Schedule {
  readonly plans: readonly Plan[]
  readonly rules: { readonly stagger: number; readonly grace: number; readonly patience: number }
  /** when somebody ends the race from outside */
  readonly abortAt: number | null
}

test(`${RUNS} schedules with values: each is the winner's, or discarded once`, async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', note)
  for (let i = 0; i < RUNS; i++) {
    const schedule = invent()
    try {
      await new Play(schedule).run()
      assert.equal(unhandled, [])
    } catch (error) {
      throw new Error(`${String(error)} in ${JSON.stringify(schedule)}`, { cause: error })
    }
  }
  process.off('unhandledRejection', note)
  noteThrown({
    suite: 'races',
    what: 'schedules of a whole race: runners that obey or not, doubted ones, questions, aborts from outside',
    times: RUNS,
    outcome: 'one winner, none or the reason; every other value discarded once, no alarm left',
  })
})

test.run()

function invent(): Schedule {
  const plans = Array.from({ length: random.between(0, 5) }, inventPlan)
  return {
    plans: plans.sort((a, b) => b.priority - a.priority),
    rules: {
      stagger: random.pick([0, 10, 250]),
      grace: random.pick([0, 20, 150]),
      patience: random.pick([0, 100, 1000]),
    },
    abortAt: random.percent(20) ? random.between(0, 1500) : null,
  }
}

function inventPlan(): Plan {
  const steps = Array.from({ length: random.between(0, 4) }, (): Step => {
    return random.percent(25) ? 'ask' : random.pick([0, 1, 10, 100, 250, 400])
  })
  return {
    priority: random.between(1, 3),
    timeout: random.percent(30) ? random.between(1, 400) : 2000,
    doubted: random.percent(25),
    steps,
    ends: random.pick(['up', 'up', 'up', 'fail', 'skip', 'never', 'at once']),
    obedient: random.percent(70),
  }
}

/** What a runner gives; every one is another. */
interface Value {
  readonly runner: number
  readonly at: number
}

class Play {
  readonly #schedule: Schedule
  readonly #clock = new FakeClock(0)
  readonly #signals: (AbortSignal | null)[]
  readonly #made: Value[] = []
  readonly #discarded: Value[] = []
  readonly #failed = new Set<number>()
  #open = 0
  /** alarms of the race's own */
  #armed = 0

  constructor(schedule: Schedule) {
    this.#schedule = schedule
    this.#signals = schedule.plans.map(() => null)
  }

  async run(): Promise<void> {
    const { plans, rules, abortAt } = this.#schedule
    const outside = new AbortController()
    const runners = plans.map((plan, i) => this.#makeRunner(plan, i))
    const options = { rules, clock: this.#makeClock(), signal: outside.signal }
    const discard = (value: Value) => void this.#discarded.push(value)
    const ends: { win: Win<Value> | null | 'aborted'; at: number }[] = []
    const end = (win: Win<Value> | null | 'aborted') => {
      ends.push({ win, at: this.#clock.now() })
      this.#requireReleased(win)
      assert.is(this.#armed, 0, 'an alarm is left')
    }
    const race = runRace(runners, { ...options, discard }).then(end, () => end('aborted'))
    await this.#clock.turnTo(abortAt ?? END)
    assert.ok(abortAt !== null || ends.length === 1, 'it does not end by itself')
    // an abort after the end changes nothing
    outside.abort('enough')
    await this.#clock.turnTo(END)
    await race
    this.#conclude(ends)
  }

  /** The race's alarms are counted apart from the runners'. */
  #makeClock(): Clock {
    const at = (time: number, callback: () => void) => {
      let over = false
      const forget = () => {
        if (!over) this.#armed -= 1
        over = true
      }
      this.#armed += 1
      const disarm = this.#clock.at(time, () => {
        forget()
        callback()
      })
      return () => {
        forget()
        disarm()
      }
    }
    return { now: () => this.#clock.now(), at }
  }

  #makeRunner(plan: Plan, i: number): Runner<Value> {
    const { priority, timeout, doubted } = plan
    const run = (lane: Lane): Promise<Value> => {
      assert.is(this.#signals[i], null, 'started twice')
      this.#signals[i] = lane.signal
      if (plan.ends === 'at once') {
        this.#failed.add(i)
        throw new Error('at once')
      }
      return this.#work(plan, i, lane)
    }
    return { priority, timeout, doubted, run }
  }

  async #work(plan: Plan, i: number, lane: Lane): Promise<Value> {
    for (const step of plan.steps) {
      const wait = step === 'ask' ? this.#ask(lane) : this.#sleep(step)
      await (plan.obedient ? Promise.race([wait, aborted(lane.signal)]) : wait.catch(() => {}))
      lane.heard()
    }
    if (plan.ends === 'never') await aborted(lane.signal)
    if (plan.ends !== 'up') {
      this.#failed.add(i)
      throw new BywayError('UNAVAILABLE', 'no', { skipped: plan.ends === 'skip' })
    }
    const value = { runner: i, at: this.#clock.now() }
    this.#made.push(value)
    return value
  }

  /** Every question is answered. */
  async #ask(lane: Lane): Promise<void> {
    this.#open += 1
    try {
      await lane.mayStart()
    } finally {
      this.#open -= 1
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.at(this.#clock.now() + ms, resolve))
  }

  /** The losers are released by the time that anybody hears of the winner. */
  #requireReleased(win: Win<Value> | null | 'aborted'): void {
    const winner = win === null || win === 'aborted' ? null : win.winner
    for (const [i, signal] of this.#signals.entries()) {
      if (signal === null || i === winner || this.#failed.has(i)) continue
      assert.ok(signal.aborted, `runner ${i} is not released`)
    }
    if (winner !== null) assert.not.ok(this.#signals[winner]?.aborted, 'the winner is released')
  }

  #conclude(ends: readonly { win: Win<Value> | null | 'aborted'; at: number }[]): void {
    const [{ win, at } = { win: null, at: 0 }, ...more] = ends
    assert.is(ends.length, 1 + more.length)
    assert.equal(more, [], 'it ends twice')
    const winning = win === null || win === 'aborted' ? null : win.value
    const lost = this.#made.filter((value) => value !== winning)
    assert.is(new Set(this.#discarded).size, this.#discarded.length, 'discarded twice')
    assert.is(this.#discarded.length, lost.length, 'a value is nobody’s')
    assert.ok(lost.every((value) => this.#discarded.includes(value)))
    assert.is(this.#armed + this.#clock.alarms, 0, 'an alarm was set after the end')
    assert.is(this.#open, 0, 'a question is left without an answer')
    const { plans, rules } = this.#schedule
    const budget = Math.max(0, ...plans.map(({ timeout }) => timeout)) + rules.grace
    assert.ok(at <= budget, `decided at ${at}, after the budget of ${budget}`)
    if (winning !== null) this.#requireBest(winning, at)
    if (win === null) {
      const inTime = this.#made.filter((value) => value.at < (plans[value.runner]?.timeout ?? 0))
      assert.ok(
        inTime.every((value) => value.at > at),
        'one was up and nobody won',
      )
    }
  }

  #requireBest({ runner, at: up }: Value, at: number): void {
    const priority = this.#schedule.plans[runner]?.priority ?? 0
    for (const value of this.#made) {
      const plan = this.#schedule.plans[value.runner] as Plan
      const better = plan.priority > priority && value.at < at && value.at < plan.timeout
      assert.not.ok(better, `runner ${value.runner} was up and better`)
    }
    const awaited = this.#schedule.plans.some((plan) => plan.priority > priority && !plan.doubted)
    assert.ok(awaited || at === up, `it was up at ${up}, and waited for one that is doubted`)
  }
}

/** Never resolves; rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
