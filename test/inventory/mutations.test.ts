import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { isName } from '../../src/core/names.ts'
import type { Inventory, Peer } from '../../src/core/types.ts'
import { parseConfig } from '../../src/inventory/config.ts'
import { applyConfig } from '../../src/inventory/merge.ts'
import { parseInventory } from '../../src/inventory/parse.ts'

const test = suite('inventory, random changes')

const SEED = Number(process.env['BYWAY_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const ROUNDS = Number(process.env['BYWAY_ROUNDS'] ?? 400)
const FIXTURES = new URL('../fixtures/', import.meta.url)
const SECRET = /hunter2|[a-z2-7]{56}/
/** Neither a flag nor white space nor controls. */
const WORD = /^[^-\s\p{Cc}][^\s\p{Cc}]*$/u
const HAZARD = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u

const CONFIG = JSON.stringify({
  inventory: ['a.json', { name: 'b', flake: '/b' }],
  timeout: 10,
  allowCommands: ['a.json'],
  networks: {
    office: { technology: 'socks', socks: 'socks5h://me:hunter2@proxy.example:1080', priority: 1 },
    iroh: {
      technology: 'command',
      command: ['x', 'hunter2'],
      peers: { web: { host: 'a', port: 1 } },
    },
  },
  daemons: { tor: { linger: 5, ready: { log: 'x' }, env: { TOKEN: 'hunter2' } } },
})

const WORDS = [
  ...[
    '',
    ' ',
    '\0',
    '\u001b[2J',
    '\u202e',
    '-oProxyCommand=x',
    '../..',
    '__proto__',
    'constructor',
  ],
  ...[
    'a:b:c:d',
    'a:b::',
    'networks',
    'peers',
    'host',
    'hosts',
    'plain',
    'var',
    'networking',
    'peer',
  ],
  ...[
    'exports',
    'instances',
    'addrs',
    'tor',
    'pass',
    'socks',
    'command',
    'SSHOptions',
    '-J x',
    '-o',
  ],
  ...[
    'socks5h://me:hunter2@',
    'me:hunter2@h',
    `${'vww6ybal'.repeat(7)}.onion`,
    '::',
    '[::1',
    'x:0',
  ],
]

process.stdout.write(`seed ${SEED} (BYWAY_SEED), ${ROUNDS} rounds a file (BYWAY_ROUNDS)\n`)

for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.json'))) {
  test(`${file} makes an inventory or a DATAERR`, () => {
    const whole = readFileSync(new URL(file, FIXTURES), 'utf8')
    const random = makeRandom(SEED)
    for (let round = 0; round < ROUNDS; round++) {
      const mutant = mutate(whole, random)
      const allowCommands = random(2) === 0
      const inventory = survive('DATAERR', mutant, () =>
        parseInventory(mutant, 'file', { allowCommands }),
      )
      if (inventory !== null) inspect(inventory, mutant)
    }
  })
}

test('a configuration makes a configuration or a CONFIG error', () => {
  const random = makeRandom(SEED)
  const plain = parseInventory(readFileSync(new URL('plain.json', FIXTURES), 'utf8'), 'file')
  for (let round = 0; round < ROUNDS * 4; round++) {
    const mutant = mutate(CONFIG, random)
    const config = survive('CONFIG', mutant, () => parseConfig(mutant, 'file'))
    if (config !== null) inspect(applyConfig(plain, config), mutant)
  }
})

/** What the parser makes of the mutant; null: its own error, with nothing in it that is not to be. */
function survive<T>(exit: string, mutant: string, parse: () => T): T | null {
  try {
    return parse()
  } catch (error) {
    const context = `seed ${SEED}: ${mutant}\n${error instanceof Error ? error.stack : error}`
    assert.instance(error, BywayError, context)
    const { message, hint, exit: actual } = error as BywayError
    assert.is(actual, exit, context)
    assert.ok(message.startsWith('file: '), context)
    assert.not.ok(SECRET.test(`${message} ${hint}`), context)
    assert.not.ok(HAZARD.test(`${message}${hint}`), context)
    return null
  }
}

/** All that comes through is fit to be used. */
function inspect({ networks, warnings }: Inventory, mutant: string): void {
  const context = `seed ${SEED}: ${mutant}`
  for (const { name, priority, peers } of networks) {
    assert.ok(isName(name) && Number.isFinite(priority), context)
    for (const [machine, peer] of peers) assert.ok(isName(machine) && isSound(peer), context)
  }
  for (const warning of warnings) {
    assert.not.ok(SECRET.test(warning) || HAZARD.test(warning), `${context}\n${warning}`)
  }
}

function isSound({ hosts, port, user }: Peer): boolean {
  const portSound = port === null || (Number.isInteger(port) && port > 0 && port < 65536)
  const userSound = user === null || WORD.test(user)
  const hostsSound = hosts.every(({ at }) => {
    return Object.values('var' in at ? at.var : at).every((part) => WORD.test(String(part)))
  })
  return hosts.length > 0 && portSound && userSound && hostsSound
}

type Random = (below: number) => number

/** The same numbers from the same seed (mulberry32). */
function makeRandom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

function mutate(whole: string, random: Random): string {
  if (random(5) === 0) return scratch(whole, random)
  let document: unknown = JSON.parse(whole)
  for (let changes = 1 + random(3); changes > 0; changes--) {
    document = changeOne(document, random)
  }
  return JSON.stringify(document)
}

/** Changes the text itself: cut off, a character replaced, a piece doubled. */
function scratch(whole: string, random: Random): string {
  const at = random(whole.length)
  const end = at + random(20)
  const pieces = [
    '',
    pick(['"', '{', '}', ',', ':', '\\', '\0', '9', '\n'], random),
    whole.slice(at, end),
  ]
  if (random(3) === 0) return whole.slice(0, at)
  return whole.slice(0, at) + pick(pieces, random) + whole.slice(at + random(2))
}

/** Walks down at random, and somewhere replaces, renames, adds or deletes. */
function changeOne(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random(8) === 0) return makeValue(random)
  const entries = Object.entries(value)
  if (entries.length === 0) return makeValue(random)
  const index = random(entries.length)
  const [key, inner] = entries[index] ?? ['', null]
  const changes: (() => [string, unknown][])[] = [
    () => [],
    () => [[pick(WORDS, random), inner]],
    () => [
      [key, inner],
      [pick(WORDS, random), makeValue(random)],
    ],
  ]
  const change = random(4) === 0 ? pick(changes, random)() : [[key, changeOne(inner, random)]]
  const changed = [...entries.slice(0, index), ...change, ...entries.slice(index + 1)]
  return Array.isArray(value) ? changed.map((entry) => entry[1]) : Object.fromEntries(changed)
}

function makeValue(random: Random): unknown {
  const makers: (() => unknown)[] = [
    () => null,
    () => random(2) === 0,
    () => random(100_000) - 10,
    () => random(1000) / 7,
    () => pick(WORDS, random),
    () => pick(WORDS, random) + pick(WORDS, random),
    () => [],
    () => [makeValue(random), makeValue(random)],
    () => ({ [pick(WORDS, random)]: makeValue(random) }),
  ]
  return pick(makers, random)()
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T
}

test.run()
