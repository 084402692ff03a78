import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import type { Host } from '../helpers/hosts.ts'
import { suite } from '../helpers/suite.ts'
import { type Cut, cutOneByOne } from './cuts.ts'
import { type Entry, World } from './world.ts'

/** Bytes of the file that goes through each network. */
const BULK = 64 * 1024 * 1024

/** A host from which somebody logs in, with byway's home there. */
export interface Seat {
  readonly host: Host
  readonly home: Home
}

/** What the tests of a scenario work with. */
export interface Stage {
  world: World
  desk: Seat
  /** the first machine of the inventory, with the same inventory */
  web: Seat
  cuts: readonly Cut[]
}

/** A number of networks, from the highest to the lowest, and how they die one after another. */
export interface Scenario {
  readonly title: string
  readonly networks: readonly string[]
  /** those that lead to `web01` only */
  readonly partial?: readonly string[]
  /** hosts beside the three */
  readonly hosts?: readonly string[]
  /**
   * Starts the networks; the cuts are of as many, in the same order. What takes long by itself, as
   * a login through another machine, is below the last cut.
   */
  setUp(world: World): Promise<{ entries: readonly Entry[]; cuts: readonly Cut[] }>
}

/**
 * The suite of a scenario: each network runs, and is dialled both ways that ssh knows, from the
 * desk and between machines; rsync comes through; and last, they are cut.
 */
export function makeSuite(scenario: Scenario): Test<Stage> {
  const test = suite<Stage>(scenario.title)
  test.before(async (stage) => {
    const world = await World.open(scenario.hosts)
    const { entries, cuts } = await scenario.setUp(world)
    world.describe(entries)
    const [desk, web] = world.hosts
    if (desk === undefined || web === undefined) throw new Error('the lab has no hosts')
    const seat = (host: Host) => ({ host, home: world.home() })
    Object.assign(stage, { world, cuts, desk: seat(desk), web: seat(web) })
  })
  test.after(({ world }) => world?.close())
  testStates(test, scenario)
  for (const network of scenario.networks) testNetwork(test, network, scenario)
  return test
}

/** Adds the test that cuts the networks. It is the last one: nothing is mended. */
export function testCuts(test: Test<Stage>, { networks }: Scenario): void {
  test('cut one after another, each login lands on the highest that lives', async (stage) => {
    const { world, desk, cuts } = stage
    await cutOneByOne({ world, ...desk, networks, cuts })
  })
}

function testStates(test: Test<Stage>, { networks }: Scenario): void {
  test('list: all run', async ({ world, desk }) => {
    const listed = await world.list(desk, (all) => all.every(({ state }) => state === 'running'))
    assert.equal(
      listed.map(({ name, state }) => `${name} ${state}`),
      networks.map((name) => `${name} running`),
    )
  })
}

function testNetwork(test: Test<Stage>, network: string, { partial = [] }: Scenario): void {
  for (const mode of ['relay', 'fdpass'] as const) {
    test(`${network}: a login, ${mode}`, async ({ world, desk }) => {
      const login = { from: desk.home, to: 'web01', mode, network } as const
      const landing = await world.login(desk.host, login)
      assert.is(landing.status, 0, landing.stderr)
      assert.is(landing.network, network)
    })
  }

  if (!partial.includes(network)) {
    test(`${network}: between machines, with the same inventory`, async ({ world, web }) => {
      const landing = await world.login(web.host, { from: web.home, to: 'web02', network })
      assert.is(landing.status, 0, landing.stderr)
      assert.is(landing.network, network)
    })
  }

  test(`${network}: rsync of 64 MiB`, async ({ world, desk }) => {
    const folder = makeFolder()
    const [file, target] = [join(folder, 'sent'), join(folder, 'received')]
    writeFileSync(file, randomBytes(BULK))
    const login = { from: desk.home, to: 'web01', network } as const
    const { status, stderr, ms } = await world.rsync(desk.host, file, { ...login, target })
    assert.is(status, 0, stderr)
    assert.is(checksum(target), checksum(file))
    console.log(`${network}: 64 MiB in ${(ms / 1000).toFixed(1)} s`)
  })
}

function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
