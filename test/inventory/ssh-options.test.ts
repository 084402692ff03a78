import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isPlaceholder, readSshOptions, runsProgram } from '../../src/inventory/ssh-options.ts'

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
]

for (const words of PROBLEMS) {
  test(`${JSON.stringify(words)} is no option`, () => {
    assert.ok(readSshOptions(words).some((option) => 'problem' in option))
  })
}

const RUN: [string[], boolean][] = [
  [['-oProxyCommand=x'], true],
  [['-oproxycommand x'], true],
  [['-o', ' ProxyCommand = x'], true],
  [['-o"ProxyCommand" x'], true],
  [['-vo', 'LocalCommand=x'], true],
  [['-oKnownHostsCommand=x'], true],
  [['-oPKCS11Provider=x'], true],
  [['-oMatch=exec x'], true],
  [['-oInclude=x'], true],
  [['-F', 'x'], true],
  [['-CF', 'x'], true],
  [['-I', 'x'], true],
  [['-oProxyUseFdpass=yes'], false],
  [['-oUser=ProxyCommand'], false],
  [['-J', 'bastion'], false],
  [['-A'], false],
]

for (const [words, wanted] of RUN) {
  test(`${words.join(' ')} ${wanted ? 'runs' : 'does not run'} a program`, () => {
    const [option] = readSshOptions(words)
    assert.ok(option !== undefined && 'flag' in option)
    assert.is(runsProgram(option), wanted)
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
