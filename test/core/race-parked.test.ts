import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { play, type Script } from '../helpers/race-script.ts'

const test = suite('core/race: entrants that must first start a program')

const CASES: readonly Script[] = [
  {
    name: 'it may start when all others have failed',
    entrants: 'a:2 b:1',
    news: '10 a failed, 20 b parked, 500 b up',
    expected: '0 start a, 10 start b, 20 permit b, 500 win b',
  },
  {
    name: 'it may start at the end of patience, though another tries',
    entrants: 'a:2 b:1',
    news: '260 b parked, 900 a heard, 1300 b up',
    expected: '0 start a, 250 start b, 1000 permit b, 1450 win b, 1450 lose a',
  },
  {
    name: 'it never may when another wins before',
    entrants: 'a:2 b:1',
    news: '260 b parked, 900 a up',
    expected: '0 start a, 250 start b, 900 win a, 900 lose b',
  },
  {
    name: 'it does not while somebody is up and waits the grace',
    entrants: 'a:3 b:2 c:1',
    news: '260 b parked, 600 a heard, 900 c up',
    expected: '0 start a, 250 start b, 500 start c, 1050 win c, 1050 lose a, 1050 lose b',
    rules: { grace: 150 },
  },
  {
    name: 'two of them: one after the other',
    entrants: 'a:3 b:2 c:1',
    news: '260 b parked, 510 c parked, 900 a heard, 1200 b heard, 1300 c up, 1310 a failed',
    expected:
      '0 start a, 250 start b, 500 start c, 1000 permit b, 1250 permit c, 1450 win c, 1450 lose b',
  },
  {
    name: 'the next starts at once when one is parked and nobody else tries',
    entrants: 'a:2 b:1',
    news: '10 a parked, 50 b failed, 90 a up',
    expected: '0 start a, 10 start b, 50 permit a, 90 win a',
  },
  {
    name: 'a higher one that is parked delays nobody',
    entrants: 'a:2 b:1',
    news: '10 a parked, 100 b up',
    expected: '0 start a, 10 start b, 100 win b, 100 lose a',
  },
  {
    name: 'a higher one that was permitted is waited for again',
    entrants: 'a:2 b:1',
    news: '10 a parked, 1100 b up, 1200 a up',
    expected: '0 start a, 10 start b, 1000 permit a, 1200 win a, 1200 lose b',
  },
  {
    name: 'its time goes on',
    entrants: 'a:2 b:1:500',
    news: '260 b parked, 700 a up',
    expected: '0 start a, 250 start b, 500 expire b, 700 win a',
  },
  {
    name: 'it fails while it is parked',
    entrants: 'a:2 b:1',
    news: '260 b parked, 300 b failed, 700 a failed',
    expected: '0 start a, 250 start b, 700 over',
  },
  {
    name: 'it asks twice',
    entrants: 'a:1',
    news: '10 a parked, 20 a parked, 30 a up',
    expected: '0 start a, 10 permit a, 30 win a',
  },
  {
    name: 'others start before it may',
    entrants: 'a:3 b:2 c:1',
    rules: { patience: 0 },
    news: '10 a parked, 600 c up, 610 b failed',
    expected: '0 start a, 10 start b, 260 start c, 510 permit a, 750 win c, 750 lose a',
  },
]

for (const { name, expected, ...script } of CASES) {
  test(name, () => assert.equal(play(script, 0), expected.split(', ')))
}

test.run()
