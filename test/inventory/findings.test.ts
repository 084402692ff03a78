import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { describeAt, formatPath, quote } from '../../src/inventory/findings.ts'

const test = suite('inventory/findings')

const ONION = 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd'

const QUOTED: [string, string, string][] = [
  ['a short text', 'web', '"web"'],
  ['a long text is shortened', 'a b '.repeat(20), `"${'a b '.repeat(10)}…"`],
  ['control characters are escaped', 'a\u001b[31m\u009bx\u007f', '"a\\u001b[31m\\x9bx\\x7f"'],
  ['so are those that turn the direction', 'a\u202eb\u2028', '"a\\u202eb\\u2028"'],
  ['an onion name is not shown', `${ONION}.onion`, 'a text of 62 characters'],
  ['nor one without its ending', ONION.toUpperCase(), 'a text of 56 characters'],
  ['nor a URL', 'socks5h://h', 'a text of 11 characters'],
  ['nor a password', 'me:secret@h', 'a text of 11 characters'],
]

for (const [name, text, wanted] of QUOTED) {
  test(name, () => assert.is(quote(text), wanted))
}

const PATHS: [(string | number)[], string][] = [
  [[], ''],
  [['networks', 'office', 'peers', 'web', 'port'], 'networks.office.peers.web.port'],
  [['hosts', 0, 'plain'], 'hosts[0].plain'],
  [['peers', 'my host', 'port'], 'peers["my host"].port'],
  [['exports', 'clan-core/tor:onion::'], 'exports["clan-core/tor:onion::"]'],
  [['peers', '\u001b[31m'], 'peers["\\u001b[31m"]'],
  [['peers', ONION], 'peers[a text of 56 characters]'],
]

for (const [path, wanted] of PATHS) {
  test(`the path ${wanted || 'of the root'}`, () => assert.is(formatPath(path), wanted))
}

const DESCRIBED: [string, unknown, (string | number)[], string][] = [
  ['nothing', {}, ['port'], 'nothing'],
  ['nothing below a text', { a: 'b' }, ['a', 'length'], 'nothing'],
  ['nothing of the prototype', {}, ['constructor'], 'nothing'],
  ['null', { a: null }, ['a'], 'null'],
  ['a number', [7], [0], '7'],
  ['an empty text', '', [], 'an empty text'],
  ['a list', [1], [], 'a list'],
  ['an empty list', [], [], 'an empty list'],
  ['an object', {}, [], 'an object'],
  ['a setting that may be a secret', { socks: 'hush' }, ['socks'], 'a text of 4 characters'],
  ['a part of one', { command: ['hush'] }, ['command', 0], 'a text of 4 characters'],
]

for (const [name, document, path, wanted] of DESCRIBED) {
  test(`describes ${name}`, () => assert.is(describeAt(document, path), wanted))
}

test.run()
