import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isName } from '../../src/core/names.ts'

const test = suite('core/names')

const NAMES = [
  'a',
  'web01',
  'my_cool_machine',
  '_dmarc',
  'web.example.com',
  'Zürich-7',
  '東京',
  '9',
]
const OTHERS: [string, string][] = [
  ['empty', ''],
  ['a flag', '-oProxyCommand=x'],
  ['a hidden file', '.ssh'],
  ['a parent folder', '..'],
  ['a path', 'a/b'],
  ['a space', 'a b'],
  ['a line break at the end', 'web\n'],
  ['a terminal escape', 'web\u001b[31m'],
  ['a null byte', 'web\0'],
  ['a shell word', 'web;id'],
  ['a substitution', '$(id)'],
  ['a pattern', 'web*'],
  ['a user', 'root@web'],
  ['a text that turns the direction', 'web\u202egnp'],
  ['an invisible letter', '\u3164'],
  ['a name with an invisible letter', 'web\u115f'],
  ['one of half a width', '\uffa0web'],
  ['254 characters', 'a'.repeat(254)],
]

for (const name of [...NAMES, 'a'.repeat(253)]) {
  test(`${name.slice(0, 20)} is a name`, () => assert.ok(isName(name)))
}
for (const [what, text] of OTHERS) {
  test(`${what} is none`, () => assert.not.ok(isName(text)))
}

test.run()
