import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { makeWorld, type World } from '../../src/wiring.ts'
import { noteComputer } from '../helpers/fault-budget.ts'
import { InventoryHome, plainInventory } from '../helpers/inventory-home.ts'
import { Random } from '../helpers/random.ts'
import { suite } from '../helpers/suite.ts'

const random = new Random('lookups')
const PEERS = { web: '192.0.2.1', db: '192.0.2.2' }
/** What is looked up, and where it is; null: there is no such machine. */
const HOSTS = { ...PEERS, none: null }

interface Context {
  home: InventoryHome
  path: string
  sound: Buffer
  before: NodeJS.ProcessEnv
}

const test = suite<Context>('lookups in a damaged cache')

test.before(async (context) => {
  context.before = process.env
  context.home = new InventoryHome()
  process.env = { ...context.before, ...context.home.env }
  context.home.write('config/byway/inventory.json', plainInventory(PEERS))
  const { world } = await open()
  assert.is(await hostIn(world, 'web'), HOSTS.web)
  const [path = ''] = context.home.cached()
  context.path = path
  context.sound = readFileSync(path)
})

test.after(({ before }) => {
  process.env = before
})

test('cut at every byte: the right host, at most one line at -v', async (context) => {
  for (const [at] of context.sound.entries()) {
    await lookUp('web', context.sound.subarray(0, at), context)
  }
  const times = context.sound.length
  noteComputer('the cache cut at every byte', times, 'the right host, at most one line at -v')
})

test('every byte changed: the right hosts, no other machine, at most one line at -v', async (context) => {
  for (const [at, byte] of context.sound.entries()) {
    const changed = Buffer.from(context.sound)
    changed[at] = byte ^ (1 + random.below(255))
    await lookUp('web', changed, context)
    await lookUp(at % 2 === 0 ? 'db' : 'none', changed, context)
  }
  const times = 2 * context.sound.length
  noteComputer('a byte of the cache changed', times, 'the right host, at most one line at -v')
})

test.run()

/** Looks the name up as `byway connect` does, when that is in the cache. */
async function lookUp(name: keyof typeof HOSTS, damaged: Buffer, { path }: Context): Promise<void> {
  writeFileSync(path, damaged, { mode: 0o600 })
  const { world, told } = await open()
  assert.is(await hostIn(world, name), HOSTS[name], `${name}: ${damaged.toString('latin1')}`)
  assert.ok(told.length <= 1, told.join('; '))
  for (const line of told) assert.match(line, /^(?:cache ".*" ignored|the cache is damaged): /)
}

async function open(): Promise<{ world: World; told: string[] }> {
  const told: string[] = []
  const tell = (level: 0 | 1 | 2, line: string) => {
    if (level === 1) told.push(line)
  }
  const world = await makeWorld({ verbosity: 1 }, { tell, progress: () => {} }, { timeout: 10 })
  return { world, told }
}

/** Where the machine's first host is; null: there is no such machine. */
async function hostIn(world: World, name: string): Promise<string | null> {
  try {
    const { memberships } = await world.findMachine(name)
    const at = memberships[0]?.peer.hosts[0]?.at
    return at !== undefined && 'plain' in at ? at.plain : 'not said'
  } catch (error) {
    if (error instanceof BywayError && error.exit === 'NOHOST') return null
    throw error
  }
}
