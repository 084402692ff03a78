import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isPlaceholder, readSshOptions } from '../../src/inventory/ssh-options.ts'

const test = suite('inventory/ssh-options')

const READ: [string[], string[][]][] = [
  [['-oCompression=yes'], [['-oCompression=yes']]],
  [
    ['-o', 'Compression=yes', '-C'],
    [['-o', 'Compression=yes'], ['-C']],
  ],
  [
    ['-J x', '-J', 'x'],
    [['-J x'], ['-J', 'x']],
  ],
  [
    ['-vvC', '-4'],
    [['-vvC'], ['-4']],
  ],
  [['-Cp', '22'], [['-Cp', '22']]],
  [['-o Foo bar'], [['-o Foo bar']]],
]

for (const [words, groups] of READ) {
  test(`groups ${words.join(' ')}`, () => {
    const options = readSshOptions(words)
    assert.equal(
      options.map((option) => option.words),
      groups,
    )
    assert.not.ok(options.some((option) => 'problem' in option))
  })
}

const PROBLEMS: string[][] = [
  ['web'],
  ['--'],
  ['-'],
  [''],
  ['-o'],
  ['-o', ''],
  ['-o=x'],
  ['-C', 'web'],
  ['-oA=b\nProxyCommand=x'],
  ['-o', 'A=b\u0000'],
  ['-Z'],
  ['-J', '-oProxyCommand=x'],
  ['-J', 'me@-oProxyCommand=x'],
  ['-J', 'a;id'],
  ['-oProxyJump=a,-b'],
  ['-oIdentityFile="a'],
  ['-i', 'a"b'],
  ['-oUser=\u202ea'],
  ['-oUser=a\u009b2J'],
  ['-o=ProxyCommand=x'],
  ['-o"ProxyCommand=x"'],
]

for (const words of PROBLEMS) {
  test(`${JSON.stringify(words)} is no option`, () => {
    assert.ok(readSshOptions(words).some((option) => 'problem' in option))
  })
}

test('only the literal -J x stands for a jump host', () => {
  const standsIn = (words: string[]) =>
    readSshOptions(words).map((option) => 'flag' in option && isPlaceholder(option))
  assert.equal(standsIn(['-J x', '-Jx', '-J', 'x', '-J xy', '-oProxyJump=x']), [
    true,
    true,
    true,
    false,
    false,
  ])
})

test.run()
