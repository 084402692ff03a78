import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nearest } from '../../src/core/nearest.ts'

const test = suite('core/nearest')

const CASES: [string, string, string[], string[]][] = [
  ['a letter left out', 'wb01', ['web01', 'db'], ['web01']],
  ['a letter too many', 'webb01', ['web01', 'db'], ['web01']],
  ['a letter replaced', 'wab01', ['web01', 'db'], ['web01']],
  ['neighbours swapped', 'wbe', ['web', 'xyz'], ['web']],
  ['another letter case', 'WEB01', ['web01'], ['web01']],
  ['the nearest first', 'web02', ['web0', 'web01x', 'web01'], ['web0', 'web01', 'web01x']],
  ['equal ones in their order', 'web', ['wet', 'wed', 'weg'], ['wet', 'wed', 'weg']],
  ['three at most', 'web', ['wea', 'wec', 'wed', 'wee'], ['wea', 'wec', 'wed']],
  ['short words bear one edit', 'tor', ['tinc'], []],
  ['nothing is near', 'kestrel', ['heron', 'wren'], []],
  ['no candidates', 'kestrel', [], []],
  ['an empty word', '', ['web', 'a'], ['a']],
  ['a word too long to be meant', 'a'.repeat(10_000), ['a'.repeat(9_999)], []],
]

for (const [name, word, candidates, wanted] of CASES) {
  test(name, () => assert.equal(nearest(word, candidates), wanted))
}

test('takes any iterable', () => {
  assert.equal(nearest('tro', new Map([['tor', 1]]).keys()), ['tor'])
})

test.run()
