import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { play, type Script } from '../helpers/race-script.ts'

const test = suite('core/race: doubted')

const CASES: readonly Script[] = [
  {
    name: 'the next starts with it, and does not wait for it',
    entrants: 'a:2? b:1',
    news: '20 b up',
    expected: '0 start a, 0 start b, 20 win b, 20 lose a',
  },
  {
    name: 'it wins by priority when it is up in time',
    entrants: 'a:2? b:1',
    news: '10 a up, 20 b up',
    expected: '0 start a, 0 start b, 10 win a, 10 lose b',
  },
  {
    name: 'three of them',
    entrants: 'a:4? b:3? c:2? d:1',
    news: '20 d up',
    expected:
      '0 start a, 0 start b, 0 start c, 0 start d, 20 win d, 20 lose a, 20 lose b, 20 lose c',
  },
  {
    name: 'it starts in its turn, after one that is not',
    entrants: 'a:3 b:2? c:1',
    news: '200 a heard, 300 c up',
    expected: '0 start a, 250 start b, 250 start c, 450 win c, 450 lose a, 450 lose b',
  },
  {
    name: 'the stagger of the others counts from the last of them',
    entrants: 'a:3? b:2 c:1',
    news: '240 b heard, 400 c up, 420 b up',
    expected: '0 start a, 0 start b, 250 start c, 420 win b, 420 lose a, 420 lose c',
  },
  {
    name: 'all of them: the first that is up wins, none waits',
    entrants: 'a:2? b:1?',
    news: '30 b up',
    expected: '0 start a, 0 start b, 30 win b, 30 lose a',
  },
  {
    name: 'one that is up waits for a better one as ever, though it is doubted itself',
    entrants: 'a:2 b:1?',
    news: '200 a heard, 260 b up, 300 a up',
    expected: '0 start a, 250 start b, 300 win a, 300 lose b',
  },
  {
    name: 'no program is started earlier for it',
    entrants: 'a:2? b:1',
    news: '5 b parked, 1200 b up',
    expected: '0 start a, 0 start b, 1000 permit b, 1200 win b, 1200 lose a',
  },
]

for (const { name, expected, ...script } of CASES) {
  test(name, () => {
    assert.is(play(script, 0).join(', '), expected)
  })
}

test.run()
