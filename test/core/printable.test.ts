import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { printable } from '../../src/core/printable.ts'

const test = suite('core/printable')

const CASES: readonly [name: string, text: string, expected: string][] = [
  ['plain words', 'dial 192.0.2.7:22', 'dial 192.0.2.7:22'],
  ['nothing', '', ''],
  ['letters of all the world', 'Büro 東京 🖧', 'Büro 東京 🖧'],
  ['a backslash stays one', 'a\\x1b', 'a\\x1b'],
  ['an escape sequence', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['line ends', 'a\r\nb', 'a\\x0d\\x0ab'],
  ['tab, backspace, bell', '\t\b\x07', '\\x09\\x08\\x07'],
  ['NUL', 'a\0b', 'a\\x00b'],
  ['DEL', '\x7f', '\\x7f'],
  ['C1: another escape sequence', '\x9b31m', '\\x9b31m'],
  ['just behind C1', '\xa0', '\xa0'],
  ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
  ['direction marks', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
  ['direction embeddings', '\u202a\u202b\u202c\u202d\u202e', '\\u202a\\u202b\\u202c\\u202d\\u202e'],
  ['direction isolates', '\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
  ['no width', 'a\u200b\u200c\u200d\u2060\ufeffb', 'a\\u200b\\u200c\\u200d\\u2060\\ufeffb'],
  ['invisible signs', '\u2061\u2064\u00ad\u034f', '\\u2061\\u2064\\xad\\u034f'],
  ['fillers', '\u3164\u115f\uffa0', '\\u3164\\u115f\\uffa0'],
  ['annotations', '\ufff9\ufffa\ufffb', '\\ufff9\\ufffa\\ufffb'],
  ['tags', 'a\u{e0001}\u{e0041}\u{e007f}', 'a\\u{e0001}\\u{e0041}\\u{e007f}'],
]

for (const [name, text, expected] of CASES) {
  test(name, () => assert.is(printable(text), expected))
}

test('of all characters below 256, only letters and signs pass', () => {
  const passed = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => printable(character) === character,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not pass
  assert.not.match(passed.join(''), /[\x00-\x1f\x7f-\x9f]/)
  // and the soft hyphen, which is seen at the end of a line only
  assert.is(passed.length, 256 - 32 - 33 - 1)
})

test.run()
