import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Home, runByway } from '../helpers/byway.ts'
import {
  connectOnce,
  isKeeper,
  makeInside,
  NETWORK,
  processesOf,
} from '../helpers/on-demand-home.ts'
import { until } from '../helpers/until.ts'

const test = suite('what keeps a daemon, its files taken away')

function claimsOf(home: Home): string[] {
  const runtime = join(home.folder, 'run/byway')
  const names = readdirSync(runtime, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /claim\.\d+$/.test(name)).map((name) => join(runtime, name))
}

function keepersOf(home: Home): number[] {
  return processesOf(home)
    .filter(isKeeper)
    .map(({ pid }) => pid)
}

test('its claim: it takes it again, and is found', async () => {
  const home = makeInside()
  assert.is((await runByway(home, ['up', NETWORK])).status, 0)
  const keepers = keepersOf(home)
  const [claim = '', ...more] = claimsOf(home)
  assert.equal(more, [])
  rmSync(claim)
  await until('it is there again', () => claimsOf(home).length === 1)
  await connectOnce(home)
  assert.equal(keepersOf(home), keepers)
  const { stdout } = await runByway(home, ['daemon', 'list', '--json'])
  assert.equal(
    JSON.parse(stdout.toString()).daemons.map(({ held }: { held: boolean }) => held),
    [true],
  )
  assert.is((await runByway(home, ['down', NETWORK])).status, 0)
  await until('nothing is left', () => processesOf(home).length === 0)
})

test('the folder of all sockets, as with the last login: it ends, though it is held', async () => {
  const home = makeInside({ linger: 600 })
  assert.is((await runByway(home, ['up', NETWORK])).status, 0)
  assert.is(keepersOf(home).length, 1)
  rmSync(join(home.folder, 'run/byway'), { recursive: true })
  await until('nothing is left', () => processesOf(home).length === 0)
  await connectOnce(home)
  assert.is((await runByway(home, ['daemon', 'stop'])).status, 0)
})

test.run()
