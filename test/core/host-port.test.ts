import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { joinHostPort, parsePort, splitHostPort } from '../../src/core/host-port.ts'

const test = suite('core/host-port')

const JOINED: readonly [host: string, port: number, expected: string][] = [
  ['192.0.2.7', 22, '192.0.2.7:22'],
  ['web.example', 65535, 'web.example:65535'],
  ['::1', 22, '[::1]:22'],
  ['fe80::1%eth0', 22, '[fe80::1%eth0]:22'],
]

for (const [host, port, expected] of JOINED) {
  test(`join ${host} and ${port}`, () => assert.is(joinHostPort(host, port), expected))
}

const SPLIT: readonly [text: string, host: string | null, port: number | null][] = [
  ['192.0.2.7:22', '192.0.2.7', 22],
  ['192.0.2.7', '192.0.2.7', null],
  ['web.example:1', 'web.example', 1],
  ['web.example', 'web.example', null],
  ['[::1]:22', '::1', 22],
  ['[::1]', '::1', null],
  ['::1', '::1', null],
  ['2001:db8::1:22', '2001:db8::1:22', null],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', null],
  ['fe80::1%eth0', 'fe80::1%eth0', null],
  ['[fe80::1%eth0]:22', 'fe80::1%eth0', 22],
  ['', '', null],
  ['[]', '', null],
  [':22', '', 22],
  ['web:', null, null],
  ['web:0', null, null],
  ['web:65536', null, null],
  ['web:22x', null, null],
  ['web:-1', null, null],
  ['[::1]:0', null, null],
  ['[::1', null, null],
  ['[[::1]', null, null],
  ['[[::1]]:22', null, null],
  ['[::1]x', null, null],
  ['a:b:c', null, null],
]

for (const [text, host, port] of SPLIT) {
  test(`split "${text}"`, () => {
    assert.equal(splitHostPort(text), host === null ? null : { host, port })
  })
}

test('what was joined can be split', () => {
  for (const [host, port, joined] of JOINED) assert.equal(splitHostPort(joined), { host, port })
})

const PORTS: readonly [text: string, port: number | null][] = [
  ['1', 1],
  ['22', 22],
  ['65535', 65535],
  ['00022', 22],
  ['000022', null],
  ['0', null],
  ['65536', null],
  ['99999', null],
  ['', null],
  [' 22', null],
  ['22 ', null],
  ['22\n', null],
  ['+22', null],
  ['-22', null],
  ['2.5', null],
  ['2e1', null],
  ['0x16', null],
  ['٢٢', null],
  ['ssh', null],
]

for (const [text, port] of PORTS) {
  test(`port ${JSON.stringify(text)}`, () => assert.is(parsePort(text), port))
}

test.run()
