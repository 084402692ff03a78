import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { splitWords } from '../../src/vars/words.ts'

const test = suite('vars/words')

const CASES: [string, string, readonly string[] | null][] = [
  ['nothing', '', []],
  ['blanks', ' \t\n', []],
  ['words', 'pass show  age/key\n', ['pass', 'show', 'age/key']],
  ['single quotes, in which all is literal', `echo 'a "b" \\c $d'`, ['echo', 'a "b" \\c $d']],
  ['double quotes', `echo "a 'b' c"`, ['echo', "a 'b' c"]],
  ['a backslash in double quotes', String.raw`echo "a\"b\\c"`, ['echo', String.raw`a"b\c`]],
  ['a backslash outside', String.raw`/opt/my\ program \'x`, ['/opt/my program', "'x"]],
  ['quotes within a word', `a'b c'd"e f"g`, ['ab cde fg']],
  ['an empty word', `a '' ""`, ['a', '', '']],
  ['a comment', 'a # b\nc', ['a', 'c']],
  ['no comment within a word', `a#b ''#c`, ['a#b', '#c']],
  [
    'no operators of a shell',
    'a; b | c > d && $(e) `f` ~',
    'a; b | c > d && $(e) `f` ~'.split(' '),
  ],
  ['unicode', '東京 "🐦 x"', ['東京', '🐦 x']],
  ['a single quote left open', "a 'b", null],
  ['a double quote left open', 'a "b\\"', null],
  ['a backslash at the end', 'a \\', null],
]

for (const [name, command, words] of CASES) {
  test(name, () => assert.equal(splitWords(command), words))
}

test.run()
