import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { clip } from '../../../src/cli/ui/clip.ts'
import { table } from '../../../src/cli/ui/table.ts'
import { plainStyle } from '../../helpers/styles.ts'

const tables = suite('table')

tables('aligns columns by what a terminal shows', () => {
  assert.equal(
    table(
      ['Name', 'Result'],
      [
        ['日本', 'up'],
        ['a', 'b'],
        ['e\u0301', ''],
      ],
    ).split('\n'),
    ['Name  Result', '日本  up', 'a     b', 'e\u0301', ''],
  )
})

tables('folds the last column to the width of the terminal', () => {
  const shown = table(
    ['Where', 'Result'],
    [['192.0.2.7:22', 'no answer, given up: another won']],
    plainStyle(36),
  )
  assert.equal(shown.split('\n'), [
    'Where         Result',
    '192.0.2.7:22  no answer, given up:',
    '              another won',
    '',
  ])
})

tables('folds nothing where there is no terminal', () => {
  const text = 'word '.repeat(100).trim()
  assert.is(table(['A', 'B'], [['x', text]]).split('\n').length, 3)
})

tables('shows what would move a terminal as an escape', () => {
  assert.match(table(['A'], [['\x1b[31mred']]), /^\\x1b\[31mred$/m)
})

for (const [text, width, expected] of [
  ['web01', 5, 'web01'],
  ['web01', 4, 'web…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['web01', 1, '…'],
  ['web01', 0, ''],
] as const) {
  tables(`"${text}" in ${width} columns is "${expected}"`, () => {
    const shown = clip(text, width, { unicode: true })
    assert.is(shown, expected)
    assert.ok(stringWidth(shown) <= width)
  })
}

tables('clips with an ASCII mark where nothing else is sure to be shown', () => {
  assert.is(clip('web01', 4, { unicode: false }), 'web~')
})

tables.run()
