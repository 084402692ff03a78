import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findCircle, type Hop, jumpsOf, readHop } from '../../src/core/jumps.ts'
import type { Machine, Membership, Network } from '../../src/core/types.ts'

const test = suite('core/jumps')

const HOPS: readonly [text: string, hop: Hop | null][] = [
  ['gate', { user: null, host: 'gate', port: null }],
  [' gate ', { user: null, host: 'gate', port: null }],
  ['me@gate', { user: 'me', host: 'gate', port: null }],
  ['me@gate:2222', { user: 'me', host: 'gate', port: 2222 }],
  ['me@corp@gate', { user: 'me@corp', host: 'gate', port: null }],
  ['[2001:db8::1]:22', { user: null, host: '2001:db8::1', port: 22 }],
  ['2001:db8::1', { user: null, host: '2001:db8::1', port: null }],
  ['ssh://me@gate:1', { user: 'me', host: 'gate', port: 1 }],
  ['ssh://gate/', { user: null, host: 'gate', port: null }],
  ['', null],
  ['@gate', null],
  ['me@', null],
  ['gate:0', null],
  ['gate:x', null],
]

for (const [text, hop] of HOPS) {
  test(`reads "${text}"`, () => assert.equal(readHop(text), hop))
}

test('a host’s own jump hosts go before the network’s', () => {
  const network = networkOf('n', 'a,b:1')
  const host = { at: { plain: 'x' } }
  const names = (given: { jump?: string[] }) =>
    jumpsOf({ host: { ...host, ...given }, network })?.map((hop) => hop.host)
  assert.equal(names({}), ['a', 'b'])
  assert.equal(names({ jump: ['c'] }), ['c'])
  assert.is(names({ jump: ['c', ':0'] }), undefined)
  assert.is(jumpsOf({ host, network: networkOf('n') }), null)
})

/** Machines as `name: jump hosts of each of its hosts`, `-` for one that is dialled directly. */
const CIRCLES: readonly [via: string, jump: string, machines: string, circle: string | null][] = [
  ['web', 'gate', 'gate: -', null],
  ['web', 'gate', 'gate: elsewhere', null],
  ['web', 'gate', 'gate: me@elsewhere:22', null],
  ['web', 'gate', 'gate: web', 'web gate web'],
  ['web', 'gate', 'gate: me@web:22', 'web gate web'],
  ['web', 'gate', 'gate: web,x', 'web gate web'],
  ['web', 'gate', 'gate: x,web', null],
  ['web', 'web', 'web: -', 'web web'],
  ['web', 'gate', 'gate: web -', null],
  ['web', 'gate', 'gate: - web', null],
  ['web', 'gate', 'gate: web gate', 'web gate web'],
  ['web', 'a', 'a: b, b: c, c: a', 'web a b c a'],
  ['web', 'a', 'a: b, b: c, c: a d, d: -', null],
  ['web', 'a', 'a: b c, b: web, c: web', 'web a b web'],
  ['web', 'a', 'a: b c, b: c, c: b', 'web a b c b'],
  ['web', 'a', 'a:', null],
  ['x web', 'gate', 'gate: x', 'x web gate x'],
]

for (const [via, jump, machines, circle] of CIRCLES) {
  test(`${via} through ${jump}, where ${machines}: ${circle ?? 'no circle'}`, () => {
    const known = readMachines(machines)
    const found = findCircle(known.get(jump) as Machine, via.split(' '), (name) => {
      return known.get(name) ?? (via.split(' ').includes(name) ? machineOf(name, []) : null)
    })
    assert.equal(found, circle?.split(' ') ?? null)
  })
}

test('many machines that are all each other’s jump hosts', () => {
  const names = Array.from({ length: 200 }, (_, i) => `m${i}`)
  const known = new Map(names.map((name) => [name, machineOf(name, names)]))
  const circle = findCircle(known.get('m1') as Machine, ['m0'], (name) => known.get(name) ?? null)
  assert.equal(circle, ['m0', 'm1', 'm0'])
})

test.run()

function readMachines(text: string): Map<string, Machine> {
  const entries = text.split(/, (?=\w+:)/).map((entry) => entry.split(/: ?/, 1)[0] ?? '')
  const ways = text.split(/, (?=\w+:)/).map((entry) => entry.replace(/^\w+: ?/, ''))
  return new Map(
    entries.map((name, i) => [name, machineOf(name, (ways[i] ?? '').split(' ').filter(Boolean))]),
  )
}

function machineOf(name: string, ways: readonly string[]): Machine {
  const memberships = ways.map((way): Membership => {
    const network = networkOf(way === '-' ? 'direct' : 'jump', way === '-' ? undefined : way)
    const hosts = [{ at: { plain: '192.0.2.1' } }]
    return { network, peer: { hosts, port: null, user: null, sshOptions: [] } }
  })
  return { name, memberships, clan: null }
}

function networkOf(technology: string, jump?: string): Network {
  const settings = jump === undefined ? {} : { jump }
  return { name: 'n', priority: 1, technology, module: technology, settings }
}
