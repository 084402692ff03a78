import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { worthUntil } from '../../src/core/race.ts'
import { play, RULES, type Script } from '../helpers/race-script.ts'

const test = suite('core/race: worth waiting for')

const CASES: readonly Script[] = [
  {
    name: 'nobody waits for one that is silent when its stagger is over',
    entrants: 'a:2 b:1',
    news: '251 b up',
    expected: '0 start a, 250 start b, 251 win b, 251 lose a',
  },
  {
    name: 'without a stagger each has the grace',
    entrants: 'a:2 b:1',
    rules: { stagger: 0 },
    news: '20 b up',
    expected: '0 start a, 0 start b, 150 win b, 150 lose a',
  },
  {
    name: 'one that answered at once and then says nothing is waited for as one that does not answer',
    entrants: 'a:2 b:1',
    news: '2 a heard, 252 b up',
    expected: '0 start a, 250 start b, 252 win b, 252 lose a',
  },
  {
    name: 'its next step may take as long as all before it, and the grace more',
    entrants: 'a:2 b:1',
    news: '80 a heard, 260 b up',
    expected: '0 start a, 250 start b, 310 win b, 310 lose a',
  },
  {
    name: 'one that gets further in the grace is waited for longer',
    entrants: 'a:2 b:1',
    news: '80 a heard, 260 b up, 300 a heard',
    expected: '0 start a, 250 start b, 410 win b, 410 lose a',
  },
]

for (const { name, expected, ...script } of CASES) {
  test(name, () => {
    assert.is(play(script, 0).join(', '), expected)
  })
}

test('until when, in numbers', () => {
  const at = (heard: number) => worthUntil({ started: 1000, heard: 1000 + heard }, RULES)
  assert.equal([0, 50, 51, 100, 300].map(at), [1250, 1250, 1252, 1350, 1750])
  const patient = { stagger: 100, grace: 2000 }
  assert.is(worthUntil({ started: 0, heard: 0 }, patient), 2000)
})

test.run()
