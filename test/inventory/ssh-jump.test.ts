import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Host } from '../../src/core/types.ts'
import { gatherPeer, splitJump } from '../../src/inventory/ssh-jump.ts'

const test = suite('inventory/ssh-jump')

const WORDS: readonly [words: string[], jump: string[] | null, rest: string[]][] = [
  [[], null, []],
  [['-4', '-C'], null, ['-4', '-C']],
  [['-J', 'gate'], ['gate'], []],
  [['-Jgate'], ['gate'], []],
  [['-J gate'], ['gate'], []],
  [['-vJ', 'gate', '-C'], ['gate'], ['-C']],
  [
    ['-4', '-J', 'a,me@b:2222', '-C'],
    ['a', 'me@b:2222'],
    ['-4', '-C'],
  ],
  [['-J', 'ssh://me@gate:1'], ['ssh://me@gate:1'], []],
  [['-oProxyJump=gate'], ['gate'], []],
  [['-o', 'ProxyJump=a,b'], ['a', 'b'], []],
  [['-oproxyjump gate', '-C'], ['gate'], ['-C']],
  [['-oProxyJump="a,b"'], ['a', 'b'], []],
  [['-J', 'first', '-oProxyJump=second'], ['first'], []],
  [['-oProxyJump=none'], null, []],
  [['-oProxyJump=none', '-J', 'gate'], null, []],
  [['-J', 'x'], null, ['-J', 'x']],
  [['-J x', '-J', 'gate'], ['gate'], ['-J x']],
  [['-J', 'xy'], ['xy'], []],
]

for (const [words, jump, rest] of WORDS) {
  test(`${words.join(' ') || 'nothing'}: through ${jump?.join(', then ') ?? 'nobody'}`, () =>
    assert.equal(splitJump(words), { jump, rest }))
}

const A: Host = { at: { plain: 'a' } }
const ONION: Host = { at: { plain: 'a.onion' }, technology: 'tor' }
const REST = { port: 22, user: 'me' }

test('all hosts of a peer are behind its jump host', () => {
  const readings = [A, { at: { plain: 'b' }, port: 1 }].map((host) => ({ host, sshOptions: [] }))
  assert.equal(gatherPeer(readings, { ...REST, sshOptions: ['-J', 'gate', '-C'] }), {
    ...REST,
    hosts: [
      { ...A, technology: 'jump', jump: ['gate'] },
      { at: { plain: 'b' }, port: 1, technology: 'jump', jump: ['gate'] },
    ],
    sshOptions: ['-C'],
  })
})

test('a host with a jump host of its own is behind that, and the others are not', () => {
  const readings = [
    { host: A, sshOptions: ['-oProxyJump=own', '-oCompression=yes'] },
    { host: A, sshOptions: [] },
  ]
  assert.equal(gatherPeer(readings, { ...REST, sshOptions: ['-4'] }), {
    ...REST,
    hosts: [{ ...A, technology: 'jump', jump: ['own'] }, A],
    sshOptions: ['-4', '-oCompression=yes'],
  })
})

test('an onion name stays tor’s', () => {
  const readings = [{ host: ONION, sshOptions: [] }]
  const { hosts } = gatherPeer(readings, { ...REST, sshOptions: ['-J', 'gate'] })
  assert.equal(hosts, [ONION])
})

test.run()
