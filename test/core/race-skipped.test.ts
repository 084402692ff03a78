import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { play, type Script } from '../helpers/race-script.ts'

const test = suite('core/race: skipped')

const CASES: readonly Script[] = [
  {
    name: 'the next starts at once though another still tries',
    entrants: 'a:4 b:3 c:2 d:1',
    news: '200 a heard, 260 b skipped, 270 c skipped, 300 d up',
    expected: '0 start a, 250 start b, 260 start c, 270 start d, 450 win d, 450 lose a',
  },
  {
    name: 'the stagger counts from the last of the others',
    entrants: 'a:4 b:3 c:2 d:1',
    news: '500 a heard, 600 b skipped, 800 d up',
    expected: '0 start a, 250 start b, 500 start c, 750 start d, 950 win d, 950 lose a, 950 lose c',
  },
  {
    name: 'the first and only one that tries',
    entrants: 'a:2 b:1',
    news: '10 a skipped, 20 b up',
    expected: '0 start a, 10 start b, 20 win b',
  },
  {
    name: 'all',
    entrants: 'a:2 b:1',
    news: '10 a skipped, 20 b skipped',
    expected: '0 start a, 10 start b, 20 over',
  },
  {
    name: 'after it was parked',
    entrants: 'a:3 b:2 c:1',
    news: '260 b parked, 300 b skipped, 400 a heard, 600 c up',
    expected: '0 start a, 250 start b, 300 start c, 750 win c, 750 lose a',
  },
  {
    name: 'no other waits for it',
    entrants: 'a:2 b:1',
    news: '200 a heard, 300 b up, 310 a skipped',
    expected: '0 start a, 250 start b, 310 win b',
  },
]

for (const { name, expected, ...script } of CASES) {
  test(name, () => assert.equal(play(script, 0), expected.split(', ')))
}

test.run()
