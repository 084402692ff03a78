import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isWithin, maskPrefix, parseIp } from '../../src/core/ip.ts'

const test = suite('core/ip')

const ADDRESSES: readonly [text: string, hex: string | null][] = [
  ['0.0.0.0', '00000000'],
  ['192.0.2.255', 'c00002ff'],
  ['::', '00'.repeat(16)],
  ['::1', `${'00'.repeat(15)}01`],
  ['1::', `0001${'00'.repeat(14)}`],
  ['200:7e6a:1234:5678:9abc:def0:1:2', '02007e6a123456789abcdef000010002'],
  ['FD7A:115C:A1E0::1', 'fd7a115ca1e000000000000000000001'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['::ffff:192.0.2.1', `${'00'.repeat(10)}ffffc0000201`],
  ['fe80::1%eth0', `fe80${'00'.repeat(13)}01`],
  ['', null],
  ['1.2.3', null],
  ['1.2.3.4.5', null],
  ['1.2.3.256', null],
  ['1.2.3.04', null],
  ['1.2.3.-4', null],
  ['web01', null],
  ['web01.example', null],
  [':', null],
  [':::', null],
  ['1::2::3', null],
  ['1:2:3:4:5:6:7', null],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1:2:3:4:5:6:7::8', null],
  ['12345::', null],
  ['g::', null],
  ['1.2.3.4::', null],
  ['::1.2.3', null],
]

for (const [text, hex] of ADDRESSES) {
  test(`"${text}" is ${hex ?? 'no address'}`, () => {
    const bytes = parseIp(text)
    assert.is(bytes === null ? null : Buffer.from(bytes).toString('hex'), hex)
  })
}

const PREFIXES: readonly [address: string, prefix: string, within: boolean][] = [
  ['200::1', '200::/7', true],
  ['3ff:ffff::', '200::/7', true],
  ['400::', '200::/7', false],
  ['1ff::', '200::/7', false],
  ['5ff::1', '400::/7', true],
  ['100.64.0.1', '100.64.0.0/10', true],
  ['100.128.0.1', '100.64.0.0/10', false],
  ['10.9.0.2', '10.9.0.2/32', true],
  ['10.9.0.3', '10.9.0.2/32', false],
  ['10.9.0.3', '0.0.0.0/0', true],
  ['::1', '0.0.0.0/0', false],
  ['10.9.0.3', '10.9.0.0/33', false],
  ['web01', '0.0.0.0/0', false],
  ['10.9.0.3', 'web01/8', false],
]

for (const [address, prefix, within] of PREFIXES) {
  test(`${address} is ${within ? '' : 'not '}in ${prefix}`, () => {
    assert.is(isWithin(address, prefix), within)
  })
}

const MASKED: readonly [text: string, prefix: string | null][] = [
  ['10.88.0.2/24', '10.88.0.0/24'],
  ['10.255.255.255/9', '10.128.0.0/9'],
  ['10.9.0.2', '10.9.0.2/32'],
  ['10.9.0.2/32', '10.9.0.2/32'],
  ['192.0.2.1/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
  ['::0/0', '::/0'],
  ['0:0:0:0:0:0:0:0/0', '::/0'],
  ['FD00:0:0:1::2/63', 'fd00::/63'],
  ['fd00::2', 'fd00::2/128'],
  ['fd00:0:1::/128', 'fd00:0:1::/128'],
  ['10.9.0.0/33', null],
  ['fd00::/129', null],
  ['10.9.0.0/x', null],
  ['web01/8', null],
]

for (const [text, prefix] of MASKED) {
  test(`"${text}" as a prefix: ${prefix ?? 'none'}`, () => assert.is(maskPrefix(text), prefix))
}

test.run()
