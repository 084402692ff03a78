import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { describePlace } from '../../src/computer/place.ts'
import { makeFolder } from '../helpers/cleanup.ts'

/** A laptop at home: `192.0.2.1` is the gateway. */
const HOME = {
  route: `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
wlan0\t000200C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
`,
  arp: `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.9        0x1         0x2         02:00:00:00:00:09     *        wlan0
192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        wlan0
`,
  ipv6_route: `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    wlan0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    wlan0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000001 00000000 80200001       lo
`,
}

/** Another place, or the same one later: what differs, and whether it is another. */
const CHANGES: Readonly<Record<string, [Partial<typeof HOME>, boolean]>> = {
  nothing: [{}, false],
  'the same addresses behind another gateway': [
    { arp: HOME.arp.replace('02:00:00:00:00:01', '02:00:00:00:00:77') },
    true,
  ],
  'another neighbour': [{ arp: HOME.arp.replace('192.0.2.9', '192.0.2.8') }, false],
  'another gateway': [{ route: HOME.route.replace('010200C0', '020200C0') }, true],
  'another interface': [{ route: HOME.route.replaceAll('wlan0', 'eth0') }, true],
  'another prefix': [{ ipv6_route: HOME.ipv6_route.replace('20010db8', '20010db9') }, true],
  'another metric': [{ route: HOME.route.replaceAll('600', '100') }, false],
  'other counters': [{ route: HOME.route.replaceAll('\t0\t0\t600', '\t5\t7\t600') }, false],
}

const test = suite('computer/place')

for (const [name, [change, moved]] of Object.entries(CHANGES)) {
  test(`${name}: ${moved ? 'another place' : 'the same place'}`, () => {
    assert.is(placeOf({ ...HOME, ...change }) !== placeOf(HOME), moved)
  })
}

test('the gateway and its hardware address are in it', () => {
  assert.match(placeOf(HOME) ?? '', /^wlan0 00000000 00000000 010200C0 02:00:00:00:00:01$/m)
})

test('null where there are no such tables', () => {
  assert.is(describePlace(makeFolder()), null)
})

test.run()

function placeOf(tables: typeof HOME): string | null {
  const proc = join(makeFolder(), 'net')
  mkdirSync(proc)
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(proc, name), text)
  return describePlace(proc)
}
