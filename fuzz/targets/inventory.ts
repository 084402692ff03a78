import * as assert from 'node:assert/strict'
import { isName } from '../../src/core/names.ts'
import type { Inventory, Peer } from '../../src/core/types.ts'
import { CompiledInventory, encodeInventory } from '../../src/inventory/compiled.ts'
import { parseConfig } from '../../src/inventory/config.ts'
import { Draft } from '../../src/inventory/draft.ts'
import { applyConfig } from '../../src/inventory/merge.ts'
import { harmOf } from '../../src/inventory/option-harm.ts'
import { parseInventory } from '../../src/inventory/parse.ts'
import { readSshOptions } from '../../src/inventory/ssh-options.ts'
import { requirePrintable, requireSafe, SECRETS, survive, type Target } from '../target.ts'
import { fixtures } from './fixtures.ts'

const [PASSWORD = '', ONION = ''] = SECRETS
const CONFIG = JSON.stringify({
  inventory: ['a.json', { name: 'b', flake: '/b' }],
  ...{ flake: '/c', self: 'web', timeout: 10, stagger: 250, grace: 150, allowCommands: ['a.json'] },
  networks: {
    office: {
      technology: 'socks',
      socks: `socks5h://me:${PASSWORD}@proxy.example:1080`,
      priority: 1,
    },
    hotel: { http: `https://me:${PASSWORD}@proxy.example:3128`, enabled: false },
    jump: { jump: 'me@gate:2222,other', timeout: 5, peers: { web: { host: 'a', port: 1 } } },
    any: { command: ['x', PASSWORD, '{host}'], onionAuth: { web: { file: '/x' } } },
  },
  daemons: { tor: { linger: 5, torrc: '/x', ready: { log: 'x' }, env: { TOKEN: PASSWORD } } },
})
const WORDS = [
  ...'networks peers host hosts plain var machine generator file port user SSHOptions'.split(' '),
  ...'exports instances networking peer module priority addrs tor pass domain'.split(' '),
  ...'technology socks http jump command daemon onionAuth enabled timeout'.split(' '),
  ...['{}', '[]', 'null', 'true', '""', ':', ',', '{"', '":', '\\u0000', '\\u202e', '__proto__'],
  ...[
    'a:b::',
    's:net:role:web',
    '-J x',
    '-oProxyCommand=x',
    '-A',
    '-E',
    'me@web:22?A=b&C=d',
    '::1',
  ],
  ...[`${ONION}.onion`, `socks5h://me:${PASSWORD}@h:1`, 'unix:/x', 'constructor', '-', '..'],
]

const HEADER = {
  stamps: [],
  sources: [{ name: 'file', domain: null, clan: null, flake: null, allowCommands: false }],
  settings: { timeout: 10, stagger: 250, grace: 150 },
  daemons: {},
  self: null,
  warnings: [],
}

/** Inventories of all shapes, as they come from anywhere. */
const inventory: Target = {
  name: 'inventory',
  seeds: fixtures('.json'),
  words: WORDS,
  run: async (input) => {
    const text = input.toString()
    for (const allowCommands of [false, true]) {
      const options = { allowCommands }
      const parsed = await survive(['DATAERR'], () => parseInventory(text, 'file', options))
      if (parsed === null) continue
      inspect(parsed, allowCommands)
      roundTrip(parsed, input)
    }
  },
}

/** The configuration file. */
const config: Target = {
  name: 'config',
  seeds: [CONFIG],
  words: WORDS,
  run: async (input) => {
    const parsed = await survive(['CONFIG'], () => parseConfig(input.toString(), 'file'))
    if (parsed === null) return
    const merged = applyConfig({ domain: null, networks: [], warnings: [] }, parsed)
    inspect(merged, true)
  },
}

/** A compiled inventory that somebody, or a disk, has damaged: any error, but at once. */
const compiled: Target = {
  name: 'compiled',
  seeds: fixtures('.json').map((text) => compile(text)),
  words: ['byway inventory ', '{', '}', '"networks":', '\0\0\0\0', '\xff\xff\xff\xff'],
  run: (input) => {
    for (const bytes of [input, withChecksums(input)]) {
      try {
        const opened = new CompiledInventory(inMemory(bytes))
        opened.checkAll()
        for (const { name } of opened.machines()) assert.equal(opened.find(name)?.name, name)
      } catch (error) {
        assert.ok(
          error instanceof Error && !(error instanceof assert.AssertionError),
          String(error),
        )
      }
    }
  },
}

export const INVENTORY_TARGETS = [inventory, config, compiled]

function inspect({ networks, warnings }: Inventory, allowCommands: boolean): void {
  for (const warning of warnings) {
    requireSafe(warning)
    requirePrintable(warning)
  }
  for (const { name, priority, settings, peers } of networks) {
    assert.ok(isName(name) && Number.isFinite(priority))
    assert.ok(allowCommands || settings.command === undefined)
    for (const [machine, peer] of peers) {
      assert.ok(isName(machine))
      inspectPeer(peer, allowCommands)
    }
  }
}

function inspectPeer({ hosts, sshOptions }: Peer, allowCommands: boolean): void {
  for (const option of readSshOptions(sshOptions)) {
    assert.ok('flag' in option, String(option.words))
    assert.ok(allowCommands || harmOf(option) === null, String(option.words))
  }
  for (const { at, user = 'me' } of hosts) {
    const words = Object.values('var' in at ? at.var : at)
    for (const word of [...words, user]) assert.match(String(word), /^[^-\s\p{Cc}][^\s\p{Cc}]*$/u)
  }
}

/** What is compiled is found again, and holds no secret. */
function roundTrip(parsed: Inventory, input: Buffer): void {
  const draft = new Draft(parsed, [{ path: '/file', bytes: input, state: '' }])
  const bytes = draft.encode(HEADER)
  const opened = new CompiledInventory(inMemory(bytes))
  opened.checkAll()
  const names = new Set(parsed.networks.flatMap(({ peers }) => [...peers.keys()]))
  for (const name of names) assert.ok(opened.find(name)?.name === name, `lost ${name}`)
  if (!draft.fitForCache) return
  for (const secret of [ONION, `:${PASSWORD}@`])
    assert.ok(!bytes.includes(secret), 'a cached secret')
}

function compile(text: Uint8Array): Buffer {
  const parsed = parseInventory(Buffer.from(text).toString(), 'file')
  return new Draft(parsed, []).encode(HEADER)
}

/** Checksums that fit: else they would be all that is ever tested. */
function withChecksums(input: Buffer): Buffer {
  const like = encodeInventory({ ...HEADER, networks: [] }, new Map())
  const start = like.indexOf('{') - 20
  if (input.length < start + 20) return input
  const bytes = Buffer.from(input)
  const [head, slots] = [bytes.readUInt32LE(start), bytes.readUInt32LE(start + 4)]
  const index = start + 20 + head
  bytes.writeUInt32LE(bytes.length, start + 8)
  bytes.writeUInt32LE(fnv(bytes.subarray(start + 20, index)), start + 12)
  bytes.writeUInt32LE(fnv(bytes.subarray(index, index + 4 * slots)), start + 16)
  return bytes
}

function fnv(bytes: Uint8Array): number {
  let value = 0x811c9dc5
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return value
}

function inMemory(bytes: Buffer) {
  return {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
}
