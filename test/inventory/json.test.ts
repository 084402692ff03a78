import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { parseJson } from '../../src/inventory/json.ts'
import { findSyntaxFault } from '../../src/inventory/json-syntax.ts'

const test = suite('inventory/json')

const ORIGIN = { source: 'inv.json', exit: 'DATAERR' } as const

const FAULTS: [string, string, string][] = [
  ['an empty file', '', 'found an empty file, expected JSON'],
  ['a blank file', ' \n\t', 'found an empty file, expected JSON'],
  ['a lone byte order mark', '\uFEFF', 'found an empty file, expected JSON'],
  [
    'an object cut off',
    '{',
    'line 1, column 2: found the end of the file, expected a key in double quotes or "}"',
  ],
  ['a key cut off', '{"a"', 'line 1, column 5: found the end of the file, expected ":"'],
  ['a value cut off', '{"a":\n ', 'line 2, column 2: found the end of the file, expected a value'],
  [
    'a word cut off',
    '[tru',
    'line 1, column 5: found the end of the file, expected a value or "]"',
  ],
  [
    'a text cut off',
    '{"a": "secr',
    'line 1, column 12: found the end of the file, expected the end of a text: a "',
  ],
  [
    'an escape cut off',
    '["\\u00',
    'line 1, column 7: found the end of the file, expected the end of a text: a "',
  ],
  ['a list cut off', '[1', 'line 1, column 3: found the end of the file, expected "," or "]"'],
  ['a comma too many', '{"a":1,}', 'line 1, column 8: found "}", expected a key in double quotes'],
  [
    'a comma missing',
    '{"a":1\n "b":2}',
    'line 2, column 2: found a text in quotes, expected "," or "}"',
  ],
  ['a colon missing', '{"a" 1}', 'line 1, column 6: found "1", expected ":"'],
  ['the wrong bracket', '{"a":[1}', 'line 1, column 8: found "}", expected "," or "]"'],
  ['a bare word', 'hello', 'line 1, column 1: found "h", expected a value'],
  [
    'single quotes',
    "{'a':1}",
    'line 1, column 2: found "\'", expected a key in double quotes or "}"',
  ],
  ['a comment', '{} // x', 'line 1, column 4: found "/", expected nothing more'],
  ['a leading zero', '[01]', 'line 1, column 3: found "1", expected "," or "]"'],
  [
    'a line break in a text',
    '{"a":"b\n"}',
    'line 1, column 8: found the character U+000A, expected the end of a text: a "',
  ],
  [
    'an unknown escape',
    '["\\x41"]',
    'line 1, column 3: found "\\", expected the end of a text: a "',
  ],
  ['a null byte', '\0{}', 'line 1, column 1: found the character U+0000, expected a value'],
  [
    'an escape sequence',
    '\u001b[2J',
    'line 1, column 1: found the character U+001B, expected a value',
  ],
]

for (const [name, text, wanted] of FAULTS) {
  test(name, () => {
    try {
      parseJson(text, ORIGIN)
      assert.unreachable()
    } catch (error) {
      assert.instance(error, BywayError)
      assert.is((error as BywayError).exit, 'DATAERR')
      assert.is((error as BywayError).message, `inv.json: ${wanted}`)
    }
  })
}

test('a file that is cut off gets a hint, another fault none', () => {
  assert.match(hintOf('{"a": ['), 'cut off')
  assert.is(hintOf('{"a": x'), 'undefined')
})

test('neither message nor cause shows the text', () => {
  try {
    parseJson('{"socks": "hunter2" "x"', ORIGIN)
    assert.unreachable()
  } catch (error) {
    assert.not.match(`${(error as Error).stack} ${(error as Error).cause}`, 'hunter2')
  }
})

test('a byte order mark is no fault', () => assert.equal(parseJson('\uFEFF{}', ORIGIN), {}))

test('of a key that is there twice the last one counts', () => {
  assert.equal(parseJson('{"a":1,"a":2}', ORIGIN), { a: 2 })
})

test('a deep document ends in no overflow', () => {
  const deep = '['.repeat(100_000)
  assert.is(findSyntaxFault(deep)?.offset, deep.length)
  assert.is(findSyntaxFault(deep + ']'.repeat(100_000)), null)
})

test('agrees with JSON.parse on what is JSON', () => {
  const texts = [
    '{"a":[1,-2.5e+3,"\\u00e9\\n",true,false,null,{}],"b":{"c":[]}}',
    ' 1 ',
    '"x"',
    '-0',
  ]
  for (const text of texts) {
    assert.is(findSyntaxFault(text), null)
    for (let cut = 0; cut < text.length; cut++) {
      const part = text.slice(0, cut)
      assert.is(findSyntaxFault(part) === null, isJson(part), part)
    }
  }
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function hintOf(text: string): string {
  try {
    parseJson(text, ORIGIN)
    return 'no error'
  } catch (error) {
    return String((error as BywayError).hint)
  }
}

test.run()
