import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findRoute, matchRoute, parseRoutes, parseRoutes6 } from '../../src/computer/routes.ts'
import { parseIp } from '../../src/core/ip.ts'

const test = suite('computer/routes')

const V4 =
  parseRoutes(`Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	100	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
wlan0	000200C0	00000000	0001	0	0	600	00FFFFFF	0	0	0
wg0	0000090A	00000000	0001	0	0	0	0000FFFF	0	0	0
wg1	0200090A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
down0	0000080A	00000000	0000	0	0	0	0000FFFF	0	0	0
lo	0000070A	00000000	0201	0	0	0	0000FFFF	0	0	0
`)

const V6 = parseRoutes6(`\
02000000000000000000000000000000 07 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     ygg0
fd000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
fd000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001    wlan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
02000000000000000000000000000007 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001     ygg0
20010db8000000000000000000000000 20 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`)

const CASES: readonly [address: string, device: string | null][] = [
  ['192.0.2.9', 'eth0'],
  ['10.9.1.1', 'wg0'],
  ['10.9.0.2', 'wg1'],
  ['10.8.0.1', null],
  ['10.7.0.1', null],
  ['198.51.100.1', null],
  ['201:abc::1', 'ygg0'],
  ['fd00::1', 'eth0'],
  ['2001:db8::1', null],
  ['2001:db9::1', null],
]

for (const [address, device] of CASES) {
  test(`${address}: ${device ?? 'nothing but perhaps the default route'}`, () => {
    const bytes = parseIp(address) ?? []
    assert.is(matchRoute(bytes.length === 4 ? V4 : V6, bytes), device)
  })
}

test('a zone is the interface, whatever the routes say', async () => {
  assert.is(await findRoute('fe80::1%tinc0'), 'tinc0')
  assert.is(await findRoute('fe80::1%4000000000'), null, 'no interface has this number')
})

test('empty files', () => {
  assert.equal(parseRoutes(''), [])
  assert.equal(parseRoutes6(''), [])
})

test.run()
