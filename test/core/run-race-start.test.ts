import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Lane, runRace } from '../../src/core/run-race.ts'
import { FakeClock, settled } from '../helpers/fake-clock.ts'
import { FakeRunner } from '../helpers/fake-runner.ts'

const RULES = { stagger: 250, grace: 150, patience: 1000 }

const test = suite('core/run-race: mayStart')

function begin(clock: FakeClock, signal: AbortSignal, runners: readonly FakeRunner[]) {
  const race = runRace(runners, { rules: RULES, clock, signal, discard: () => {} })
  return { result: race.catch(() => null) }
}

function never(): AbortSignal {
  return new AbortController().signal
}

test('at once when nobody else tries', async () => {
  const clock = new FakeClock()
  const alone = new FakeRunner(1)
  begin(clock, never(), [alone])
  await clock.turnTo(10)
  const asked = alone.ask()
  await settled()
  assert.is(asked.answer, 'yes')
})

test('when the others have failed', async () => {
  const clock = new FakeClock()
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  begin(clock, never(), [high, low])
  await clock.turnTo(300)
  const asked = low.ask()
  await clock.turnTo(400)
  assert.is(asked.answer, 'none')
  high.fail('x')
  await settled()
  assert.is(asked.answer, 'yes')
})

test('when patience is over', async () => {
  const clock = new FakeClock()
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  begin(clock, never(), [high, low])
  await clock.turnTo(300)
  const asked = low.ask()
  await clock.turnTo(999)
  assert.is(asked.answer, 'none')
  await clock.turnTo(1000)
  assert.is(asked.answer, 'yes')
})

test('never when another wins', async () => {
  const clock = new FakeClock()
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  const { result } = begin(clock, never(), [high, low])
  await clock.turnTo(300)
  const asked = low.ask()
  high.up('stream')
  assert.equal(await result, { winner: 0, value: 'stream' })
  await clock.turnTo(5000)
  assert.is.not(asked.answer, 'yes')
})

test('again, of one that already was allowed: at once', async () => {
  const clock = new FakeClock()
  const alone = new FakeRunner(1)
  begin(clock, never(), [alone])
  await clock.turnTo(10)
  alone.ask()
  await settled()
  const again = alone.ask()
  await settled()
  assert.is(again.answer, 'yes')
})

test('asked in the first moment: no alarm is left at the end', async () => {
  const clock = new FakeClock()
  const eager = Object.assign(new FakeRunner(1), {
    run: (lane: Lane) => lane.mayStart().then(() => 'stream'),
  })
  assert.equal(await begin(clock, never(), [eager]).result, { winner: 0, value: 'stream' })
  assert.is(clock.alarms, 0)
})

for (const released of ['the race was aborted', 'it lost', 'its time was over']) {
  test(`asked after ${released}: the answer is no, and nobody starts for it`, async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const [high, low, last] = [new FakeRunner(3), new FakeRunner(2, 400), new FakeRunner(1)]
    begin(clock, abort.signal, [high, low, last])
    await clock.turnTo(300)
    if (released === 'it lost') high.up('stream')
    else if (released === 'its time was over') await clock.turnTo(450)
    else {
      high.fail('x')
      await settled()
      abort.abort()
    }
    await settled()
    const asked = low.ask()
    await settled()
    assert.is(last.starts, 0)
    assert.is(asked.answer, 'no')
  })
}

test('whoever waits for the answer when the race is decided is told', async () => {
  const clock = new FakeClock()
  const [high, low] = [new FakeRunner(2), new FakeRunner(1)]
  begin(clock, never(), [high, low])
  await clock.turnTo(300)
  const asked = low.ask()
  high.up('stream')
  await settled()
  assert.is(asked.answer, 'no', 'its clean-up would never run')
})

test.run()
