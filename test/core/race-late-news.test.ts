import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { play, type Script } from '../helpers/race-script.ts'

const test = suite('core/race: late news')

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
    news: '300 b up, 310 b failed',
    expected: '0 start a, 250 start b, 350 win b, 350 lose a',
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

for (const { name, expected, ...script } of LATE_NEWS) {
  test(name, () => {
    assert.equal(play(script, 0), expected.split(', '))
  })
}

test.run()
