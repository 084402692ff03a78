import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addInclude, includes, removeInclude } from '../../src/ssh/include-line.ts'

const test = suite('the Include line')

const INCLUDED = { name: 'byway.conf', synonyms: ['/home/me/.ssh/byway.conf', '~/.ssh/byway.conf'] }

/** A user's file, and how it begins with the line. */
const FILES: Readonly<Record<string, readonly [file: string, begins: string]>> = {
  'an empty file': ['', 'Include byway.conf\n'],
  'a file': ['Host a\n  User b\n', 'Include byway.conf\nHost a\n'],
  'no final newline': ['Host a', 'Include byway.conf\nHost a'],
  CRLF: ['Host a\r\n  User b\r\n', 'Include byway.conf\r\nHost a\r\n'],
  'one line of CRLF without its end': ['\r\n', 'Include byway.conf\r\n\r\n'],
  'blank lines and comments first': ['\n\n# mine\nHost a\n', 'Include byway.conf\n\n\n# mine\n'],
  'no text at all': ['\x00\xff\xfe\n\x80', 'Include byway.conf\n\x00\xff'],
}

for (const [name, [text, begins]] of Object.entries(FILES)) {
  test(`${name}: added, and taken away again`, () => {
    const file = Buffer.from(text, 'latin1')
    const added = addInclude(file, INCLUDED)
    assert.ok(added.toString('latin1').startsWith(begins), added.toString('latin1'))
    assert.ok(added.subarray(added.length - file.length).equals(file), 'all else is as it was')
    assert.ok(includes(added, INCLUDED))
    assert.ok(removeInclude(added, INCLUDED).equals(file))
  })
}

test('what a person wrote above it stays', () => {
  const file = Buffer.from('# mine\nInclude byway.conf\nHost a\n')
  assert.is(removeInclude(file, INCLUDED).toString(), '# mine\nHost a\n')
})

test('a line that is another one stays', () => {
  const file = Buffer.from('  Include byway.conf\nInclude byway.conf other\n')
  assert.ok(removeInclude(file, INCLUDED).equals(file))
})

test('a path with blanks is quoted', () => {
  const included = { name: '/home/me too/.ssh/byway.conf', synonyms: [] }
  const added = addInclude(Buffer.from(''), included)
  assert.is(added.toString(), 'Include "/home/me too/.ssh/byway.conf"\n')
  assert.ok(includes(added, included))
})

/** A user's file, and whether it leads ssh to byway's for all hosts. */
const REACHED: readonly (readonly [file: string, reached: boolean])[] = [
  ['Include byway.conf\n', true],
  ['include = "byway.conf"\r\n', true],
  ['Include other.conf ~/.ssh/byway.conf\n', true],
  ['# x\n\nInclude /home/me/.ssh/byway.conf\nHost *\n', true],
  ['User me\nInclude byway.conf', true],
  ['Host *\nInclude byway.conf\n', false],
  ['match host x\n  Include byway.conf\n', false],
  ['#Include byway.conf\n', false],
  ['Include byway.conf.d/x\n', false],
  ['', false],
]

for (const [file, reached] of REACHED) {
  test(`${reached ? 'reached' : 'not reached'} by ${JSON.stringify(file)}`, () => {
    assert.is(includes(Buffer.from(file), INCLUDED), reached)
  })
}

test.run()
