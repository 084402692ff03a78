import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Machine } from '../../src/core/types.ts'
import {
  type CompiledHeader,
  CompiledInventory,
  encodeInventory,
  type Memberships,
} from '../../src/inventory/compiled.ts'

const test = suite('inventory/compiled: damage')

const HEADER: CompiledHeader = {
  stamps: [{ path: '/i.json', state: '1 2' }],
  sources: [{ name: 'all', domain: 'example', clan: '/clan', flake: null, allowCommands: false }],
  settings: { timeout: 10, stagger: 250, grace: 150 },
  networks: [
    { name: 'n', priority: 1, technology: 'direct', module: 'direct', settings: {}, source: 0 },
  ],
  daemons: {},
  self: null,
  warnings: [],
}
const MACHINES = new Map<string, Memberships>(
  ['web', 'db', 'mail'].map((name) => {
    const peer = {
      hosts: [{ at: { plain: `${name}.example` } }],
      port: 22,
      user: null,
      sshOptions: [],
    }
    return [name, [[0, peer]]]
  }),
)
const BYTES = encodeInventory(HEADER, MACHINES)
const SOUND = new Map([...MACHINES.keys()].map((name) => [name, open(BYTES).find(name)]))

const FLIPS: readonly [name: string, flip: (byte: number) => number][] = [
  ['one bit', (byte) => byte ^ 1],
  ['another bit', (byte) => byte ^ 0x10],
  ['all bits', (byte) => byte ^ 0xff],
  ['a zero', () => 0],
  ['another letter', (byte) => (byte === 0x78 ? 0x79 : 0x78)],
]

for (const [name, flip] of FLIPS) {
  test(`${name} in every place: it throws, or gives the right machine or none`, () => {
    for (let at = 0; at < BYTES.length; at++) {
      const damaged = Buffer.from(BYTES)
      damaged[at] = flip(damaged[at] ?? 0)
      if (damaged.equals(BYTES)) continue
      const wrong = findWrong(damaged)
      assert.is(wrong, null, `byte ${at} of ${BYTES.length}: ${wrong}`)
    }
  })
}

test('cut off anywhere: it is not opened', () => {
  for (let length = 0; length < BYTES.length; length++) {
    assert.throws(() => open(BYTES.subarray(0, length)), undefined, `${length} bytes`)
  }
})

test('continued by anything: it is not opened', () => {
  for (const more of ['\0', '\n', 'x'.repeat(100)]) {
    assert.throws(() => open(Buffer.concat([BYTES, Buffer.from(more)])))
  }
})

test('of another version: it is not opened', () => {
  const text = BYTES.toString('latin1')
  const other = text.replace(/^(byway inventory )\d/, (_, words) => `${words}0`)
  assert.is.not(other, text)
  assert.throws(() => open(Buffer.from(other, 'latin1')), 'other version')
})

test('zeros, and nothing: it is not opened', () => {
  assert.throws(() => open(Buffer.alloc(0)))
  assert.throws(() => open(Buffer.alloc(BYTES.length)))
})

test.run()

function open(bytes: Buffer): CompiledInventory {
  return new CompiledInventory({
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  })
}

/** What a damaged inventory says that is not so; null: nothing. */
function findWrong(bytes: Buffer): string | null {
  for (const [name, sound] of [...SOUND, ['nobody', null] as const]) {
    const found = attempt(() => open(bytes).find(name))
    if (found !== null && !isDeepStrictEqual(found, sound)) {
      return `${name} is ${JSON.stringify(found)}`
    }
  }
  const listed = attempt(() => Array.from(open(bytes).machines())) ?? []
  const wrong = listed.find((machine) => !isDeepStrictEqual(machine, SOUND.get(machine.name)))
  return wrong === undefined ? null : `it lists ${JSON.stringify(wrong)}`
}

function attempt<T extends Machine | Machine[]>(look: () => T | null): T | null {
  try {
    return look()
  } catch {
    return null
  }
}
