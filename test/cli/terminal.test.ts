import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { json } from '../../src/cli/ui/output.ts'
import { describeError } from '../../src/cli/ui/problem.ts'
import { table } from '../../src/cli/ui/table.ts'
import { BywayError } from '../../src/core/errors.ts'
import { inventOnion } from '../helpers/onion-names.ts'

/** OSC 8 links, cursor movements in C0 and C1, a name turned around, a second line. */
const HOSTILE =
  '\x1b]8;;http://x\x07a\x1b[2J\x9b1;1Hb\u202ec\u2066\u2028\nd\x7f\x00\u200b\u3164\u{e0041}'
const HAZARD = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029\u200b\u3164\u{e0041}]/u

const test = suite('cli/ui: what a terminal is shown')

test('JSON: nothing moves the terminal, and the values are the same', () => {
  const document = { name: HOSTILE, [HOSTILE]: [HOSTILE, 'Büro 東京', 7, null] }
  const text = json(document)
  assert.not.match(text, HAZARD)
  assert.equal(JSON.parse(text), document)
  assert.match(text, 'Büro 東京')
})

test('an error, its hint and a table: one line each', () => {
  const text = describeError(new BywayError('DATAERR', HOSTILE, { hint: HOSTILE }))
  assert.not.match(text, HAZARD)
  assert.is(text.split('\n').length, 3)
  assert.not.match(table([HOSTILE], [[HOSTILE]]), HAZARD)
})

test('a bug: its stack, without escapes and onion names', () => {
  const onion = inventOnion()
  const text = describeError(new TypeError(`bad ${HOSTILE} ${onion}`))
  assert.match(text, /^byway: this is a bug in byway, please report it\nTypeError: bad /)
  assert.match(text, /\n {4}at /)
  assert.not.match(text, HAZARD)
  assert.not.ok(text.includes(onion))
  assert.not.match(describeError({ toString: () => HOSTILE }), HAZARD)
})

test.run()
