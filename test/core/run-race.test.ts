import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RaceEvent, type Runner, runRace, type Win } from '../../src/core/run-race.ts'
import { FakeClock, settled } from '../helpers/fake-clock.ts'
import { FakeRunner } from '../helpers/fake-runner.ts'

const RULES = { stagger: 250, grace: 150, patience: 1000 }
/** That a race does not begin at zero. */
const BEGAN = 5000

const test = suite('core/run-race')

class Course {
  readonly clock = new FakeClock(BEGAN)
  readonly discarded: string[] = []
  readonly events: string[] = []
  readonly errors: unknown[] = []
  readonly #abort = new AbortController()
  result: Win<string> | null | undefined
  thrown: unknown

  constructor(...runners: readonly Runner<string>[]) {
    const observe = ({ kind, entrant, at, error }: RaceEvent) => {
      this.events.push(`${at} ${kind} ${entrant}`)
      if (error !== undefined) this.errors.push(error)
    }
    const discard = (value: string) => void this.discarded.push(value)
    const { clock } = this
    const options = { rules: RULES, clock, signal: this.#abort.signal, discard, observe }
    runRace(runners, options).then(
      (win) => {
        this.result = win
      },
      (error: unknown) => {
        this.thrown = error
      },
    )
  }

  at(time: number): Promise<void> {
    return this.clock.turnTo(BEGAN + time)
  }

  async abort(reason: unknown): Promise<void> {
    this.#abort.abort(reason)
    await settled()
  }
}

test('resolves with the winner and its value', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(300)
  high.up('stream')
  await course.at(301)
  assert.equal(course.result, { winner: 0, value: 'stream' })
  assert.equal(course.discarded, [], 'the winner’s value is the caller’s')
})

test('starts each at its time, and reports everything', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(0)
  assert.is(high.starts, 1)
  await course.at(249)
  assert.is(low.starts, 0)
  await course.at(250)
  assert.is(low.starts, 1)
  high.hear()
  await course.at(300)
  low.up('stream')
  await course.at(1000)
  assert.equal(course.events, ['0 start 0', '250 start 1', '300 up 1', '450 win 1', '450 lose 0'])
})

test('a loser’s signal aborts at once, the winner’s never', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(260)
  high.up('stream')
  await course.at(261)
  assert.equal([high.aborted, low.aborted], [false, true])
})

test('one whose time is over is aborted, and no other', async () => {
  const [high, low] = [new FakeRunner(2, 400), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(399)
  assert.not.ok(high.aborted)
  await course.at(400)
  assert.equal([high.aborted, low.aborted], [true, false])
})

test('the value of one that was up and lost is discarded', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(240)
  high.hear()
  await course.at(300)
  low.up('lower')
  await course.at(400)
  high.up('higher')
  await course.at(401)
  assert.equal(course.result, { winner: 0, value: 'higher' })
  assert.equal(course.discarded, ['lower'])
})

test('the value of one that comes after the decision is discarded', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(260)
  high.up('higher')
  await course.at(261)
  low.up('late')
  await course.at(262)
  assert.equal(course.discarded, ['late'])
})

test('the value of one that comes after its time is discarded', async () => {
  const [slow, other] = [new FakeRunner(2, 100), new FakeRunner(1)]
  const course = new Course(slow, other)
  await course.at(100)
  slow.up('late')
  await course.at(101)
  assert.equal(course.discarded, ['late'])
  assert.is(course.result, undefined, 'the other still tries')
})

test('a loser that fails afterwards is nobody’s news', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(260)
  high.up('stream')
  await course.at(261)
  low.fail(new Error('aborted'))
  await course.at(262)
  assert.equal(course.errors, [])
  assert.is(course.events.at(-1), '260 lose 1')
})

test('null when all failed, with their errors', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(10)
  high.fail('first')
  await course.at(20)
  low.fail('second')
  await course.at(21)
  assert.is(course.result, null)
  assert.equal(course.errors, ['first', 'second'])
})

test('null when everybody’s time is over', async () => {
  const runner = new FakeRunner(1, 500)
  const course = new Course(runner)
  await course.at(500)
  assert.is(course.result, null)
  assert.ok(runner.aborted)
})

test('null when nobody runs', async () => {
  const course = new Course()
  await course.at(0)
  assert.is(course.result, null)
})

test('a runner that throws instead of returning a promise has failed', async () => {
  const fault = new Error('not even a promise')
  const run = () => {
    throw fault
  }
  const course = new Course({ priority: 1, timeout: 1000, run })
  await course.at(1)
  assert.is(course.result, null)
  assert.equal(course.errors, [fault])
})

test('no alarm is left when it is decided', async () => {
  for (const end of ['up', 'fail'] as const) {
    const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
    const course = new Course(high, low)
    await course.at(260)
    low.fail('x')
    high[end]('y')
    await course.at(270)
    assert.is(course.clock.alarms, 0, `after ${end}`)
  }
})

test('an abort from outside releases all, and throws its reason', async () => {
  const [high, low, last] = [new FakeRunner(3), new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low, last)
  await course.at(240)
  high.hear()
  await course.at(260)
  low.up('waits its grace')
  await course.at(300)
  await course.abort('enough')
  assert.is(course.thrown, 'enough')
  assert.ok(high.aborted)
  assert.equal(course.discarded, ['waits its grace'])
  await course.at(20_000)
  assert.equal([last.starts, course.clock.alarms], [0, 0])
})

test('an abort from outside before it begins starts nobody', async () => {
  const runner = new FakeRunner(1)
  const signal = AbortSignal.abort('never mind')
  const options = { rules: RULES, clock: new FakeClock(), signal, discard: () => {} }
  const thrown = await runRace([runner], options).catch((error: unknown) => error)
  assert.is(thrown, 'never mind')
  assert.is(runner.starts, 0)
})

test('an abort from outside after the decision changes nothing', async () => {
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const course = new Course(high, low)
  await course.at(260)
  high.up('stream')
  await course.at(261)
  await course.abort('late')
  assert.equal(course.result, { winner: 0, value: 'stream' })
  assert.equal([course.thrown, high.aborted, course.discarded], [undefined, false, []])
})

test.run()
