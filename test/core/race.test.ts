import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Race } from '../../src/core/race.ts'
import { play, RULES, type Script, TIMEOUT } from '../helpers/race-script.ts'

const test = suite('core/race')

const STARTS: readonly Script[] = [
  {
    name: 'one alone starts at once and wins when it is up',
    entrants: 'a:1',
    news: '40 a up',
    expected: '0 start a, 40 win a',
  },
  {
    name: 'in order, one stagger apart, until each one’s time is over',
    entrants: 'a:3 b:2 c:1',
    expected:
      '0 start a, 250 start b, 500 start c, 10000 expire a, 10000 expire b, 10000 expire c, 10000 over',
  },
  {
    name: 'a failure starts the next at once, and the stagger counts from there',
    entrants: 'a:3 b:2 c:1',
    news: '100 a failed, 400 c up',
    expected: '0 start a, 100 start b, 350 start c, 400 win c, 400 lose b',
  },
  {
    name: 'a failure starts none while another still tries',
    entrants: 'a:3 b:2 c:1',
    news: '300 a failed, 600 c up, 610 b failed',
    expected: '0 start a, 250 start b, 500 start c, 600 win c, 600 lose b',
  },
  {
    name: 'all failed',
    entrants: 'a:2 b:1',
    news: '10 a failed, 30 b failed',
    expected: '0 start a, 10 start b, 30 over',
  },
  {
    name: 'the first of all failed after the last started',
    entrants: 'a:2 b:1',
    news: '300 b failed, 400 a failed',
    expected: '0 start a, 250 start b, 400 over',
  },
  { name: 'nobody', entrants: '', expected: '0 over' },
  {
    name: 'all at once without a stagger',
    entrants: 'a:3 b:2 c:1',
    rules: { stagger: 0 },
    news: '20 a up',
    expected: '0 start a, 0 start b, 0 start c, 20 win a, 20 lose b, 20 lose c',
  },
]

const WINS: readonly Script[] = [
  {
    name: 'the highest wins at once, and the others are released',
    entrants: 'a:3 b:2 c:1',
    news: '600 a up',
    expected: '0 start a, 250 start b, 500 start c, 600 win a, 600 lose b, 600 lose c',
  },
  {
    name: 'a lower one waits the grace for a higher one that got further',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'a higher one that comes up in the grace wins at once',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up, 400 a up',
    expected: '0 start a, 250 start b, 400 win a, 400 lose b',
  },
  {
    name: 'a higher one that comes up in the last moment of the grace wins',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up, 449 a up',
    expected: '0 start a, 250 start b, 449 win a, 449 lose b',
  },
  {
    name: 'the higher one fails in the grace: nothing is left to wait for',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up, 350 a failed',
    expected: '0 start a, 250 start b, 350 win b',
  },
  {
    name: 'the higher one’s time is over in the grace',
    entrants: 'a:2:400 b:1',
    news: '200 a heard, 300 b up',
    expected: '0 start a, 250 start b, 400 expire a, 400 win b',
  },
  {
    name: 'two higher ones try: the failure of one is not enough',
    entrants: 'a:3 b:2 c:1',
    news: '240 a heard, 490 b heard, 510 c up, 520 a failed',
    expected: '0 start a, 250 start b, 500 start c, 660 win c, 660 lose b',
  },
  {
    name: 'the grace counts from the first that was up',
    entrants: 'a:3 b:2 c:1',
    news: '490 a heard, 490 b heard, 510 c up, 600 b up',
    expected: '0 start a, 250 start b, 500 start c, 660 win b, 660 lose a, 660 lose c',
  },
  {
    name: 'a lower one that tries delays nobody',
    entrants: 'a:3 b:2 c:1',
    news: '300 a failed, 550 b up',
    expected: '0 start a, 250 start b, 500 start c, 550 win b, 550 lose c',
  },
  {
    name: 'nobody starts in the grace',
    entrants: 'a:3 b:2 c:1',
    rules: { stagger: 100 },
    news: '90 a heard, 110 b up',
    expected: '0 start a, 100 start b, 260 win b, 260 lose a',
  },
  {
    name: 'of equal priorities the first that is up wins at once',
    entrants: 'a:1 b:1',
    news: '260 b up',
    expected: '0 start a, 250 start b, 260 win b, 260 lose a',
  },
  {
    name: 'of equal priorities that are up the first in order wins',
    entrants: 'a:2 b:1 c:1',
    news: '490 a heard, 510 c up, 520 b up',
    expected: '0 start a, 250 start b, 500 start c, 660 win b, 660 lose a, 660 lose c',
  },
  {
    name: 'no grace: who is up wins at once',
    entrants: 'a:2 b:1',
    rules: { grace: 0 },
    news: '300 b up',
    expected: '0 start a, 250 start b, 300 win b, 300 lose a',
  },
]

const TIMES: readonly Script[] = [
  {
    name: 'each has its own time, counted from the beginning',
    entrants: 'a:2:300 b:1:1000',
    expected: '0 start a, 250 start b, 300 expire a, 1000 expire b, 1000 over',
  },
  {
    name: 'whose time is over counts as failed: the next starts at once',
    entrants: 'a:2:100 b:1',
    news: '150 b up',
    expected: '0 start a, 100 expire a, 100 start b, 150 win b',
  },
  {
    name: 'whose time is over before it could start never starts',
    entrants: 'a:3 b:2:200 c:1',
    news: '200 a heard, 300 c up, 310 a failed',
    expected: '0 start a, 250 start c, 310 win c',
  },
  {
    name: 'nobody else is left when the time is over',
    entrants: 'a:2:100 b:1:100',
    expected: '0 start a, 100 expire a, 100 over',
  },
  {
    name: 'who is up does not expire in the grace',
    entrants: 'a:2 b:1:310',
    news: '200 a heard, 300 b up',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'without a limit it is over when all have failed',
    entrants: 'a:1:Infinity b:1:Infinity',
    news: '60000 a failed, 90000 b failed',
    expected: '0 start a, 250 start b, 90000 over',
  },
]

const LATE_NEWS: readonly Script[] = [
  {
    name: 'news of a loser',
    entrants: 'a:2 b:1',
    news: '260 a up, 270 b up, 280 b failed, 290 b parked',
    expected: '0 start a, 250 start b, 260 win a, 260 lose b',
  },
  {
    name: 'news of the winner',
    entrants: 'a:2 b:1',
    news: '260 a up, 270 a failed, 280 a up',
    expected: '0 start a, 250 start b, 260 win a, 260 lose b',
  },
  {
    name: 'one whose time was over comes up',
    entrants: 'a:2:100 b:1',
    news: '150 a up, 300 b up',
    expected: '0 start a, 100 expire a, 100 start b, 300 win b',
  },
  {
    name: 'one that was up fails in the grace: too late, it has won or not',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up, 310 b failed',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'one that failed comes up',
    entrants: 'a:2 b:1',
    news: '10 a failed, 20 a up, 40 b up',
    expected: '0 start a, 10 start b, 40 win b',
  },
  {
    name: 'one that has not started comes up',
    entrants: 'a:2 b:1',
    news: '10 b up, 20 a up',
    expected: '0 start a, 20 win a',
  },
]

const SUITES = { start: STARTS, win: WINS, time: TIMES, late: LATE_NEWS }

for (const [topic, cases] of Object.entries(SUITES)) {
  for (const { name, expected, ...script } of cases) {
    for (const began of [0, 123_456.5]) {
      test(`${topic}: ${name}${began === 0 ? '' : ', on another day'}`, () => {
        assert.equal(play(script, began), expected.split(', '))
      })
    }
  }
}

test('asked again at the same time it does nothing', () => {
  const race = new Race([{ priority: 1, timeout: TIMEOUT }], RULES, 0)
  assert.equal(race.advance(0), [{ kind: 'start', entrant: 0 }])
  assert.equal(race.advance(0), [])
  assert.equal(race.advance(5), [])
})

test('a clock that goes late loses nothing', () => {
  const entrants = [2, 1].map((priority) => ({ priority, timeout: TIMEOUT }))
  const race = new Race(entrants, RULES, 0)
  race.advance(0)
  assert.equal(race.advance(9000), [{ kind: 'start', entrant: 1 }])
  assert.equal(race.up(1, 12_000), [
    { kind: 'expire', entrant: 0 },
    { kind: 'win', entrant: 1 },
  ])
})

test.run()
