import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isClaimed } from '../../src/daemons/claim.ts'
import { awaitSole, runSole } from '../../src/daemons/sole.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { settled } from '../helpers/fake-clock.ts'
import { mustRun } from '../helpers/program.ts'

const sole = suite('daemons/sole')

const RACER = fileURLToPath(new URL('../helpers/sole-racer.ts', import.meta.url))
const NEVER = new AbortController().signal

/** A work that goes on until it is told to end. */
function makeWork(folder: string) {
  let finish = () => {}
  let begin = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const run = () => {
    begin()
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  }
  const done = runSole(folder, { decided: () => {}, run })
  return { begun, done, finish: () => finish() }
}

sole('one does the work, all others are told that somebody does', async () => {
  const folder = join(makeFolder(), 'work')
  const work = makeWork(folder)
  await work.begun
  let decided = 0
  for (let i = 0; i < 3; i++) {
    const run = () => Promise.reject(new Error('a second one'))
    assert.is(await runSole(folder, { decided: () => (decided += 1), run }), false)
  }
  assert.equal([decided, await isClaimed(folder)], [3, true])
  work.finish()
  assert.is(await work.done, true)
  assert.is(await isClaimed(folder), false)
})

sole('of many at once one does the work', async () => {
  const folder = makeFolder()
  let runs = 0
  const run = async () => {
    runs += 1
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const all = Array.from({ length: 20 }, () => runSole(folder, { decided: () => {}, run }))
  const did = (await Promise.all(all)).filter((one) => one)
  assert.equal([did.length, runs], [1, 1])
})

sole('whoever waits hears of the end', async () => {
  const folder = makeFolder()
  assert.is(await awaitSole(folder, NEVER), false)
  const work = makeWork(folder)
  await work.begun
  const waits = [awaitSole(folder, NEVER), awaitSole(folder, NEVER)]
  // connections are accepted by the same event loop, each turn of which looks for them
  for (let turn = 0; turn < 20; turn++) await settled()
  work.finish()
  assert.equal(await Promise.all(waits), [true, true])
})

for (const [name, pause] of [
  ['at once', 0],
  ['later', 50],
] as const) {
  sole(`whoever waits may give up ${name}`, async () => {
    const folder = makeFolder()
    const work = makeWork(folder)
    await work.begun
    const stop = new AbortController()
    const waiting = awaitSole(folder, stop.signal)
      .then(() => null)
      .catch((error: unknown) => error)
    const reason = new Error('enough')
    if (pause > 0) setTimeout(() => stop.abort(reason), pause)
    else stop.abort(reason)
    assert.is(await waiting, reason)
    work.finish()
    assert.is(await work.done, true)
  })
}

sole('a work that fails is over', async () => {
  const folder = makeFolder()
  const run = () => Promise.reject(new Error('no'))
  const failed = runSole(folder, { decided: () => {}, run })
  assert.is(await failed.then(() => '').catch((error: Error) => error.message), 'no')
  assert.is(await runSole(folder, { decided: () => {}, run: () => Promise.resolve() }), true)
})

sole('processes that hurry take turns, though each sweeps what others left', async () => {
  const folder = makeFolder()
  const argv = [process.execPath, '--import', 'tsx', RACER, folder, '40']
  await Promise.all(Array.from({ length: 4 }, () => mustRun(argv)))
  assert.equal(readdirSync(folder), ['claim.160'])
})

sole('nothing but the last claim is left behind', async () => {
  const folder = makeFolder()
  for (let i = 0; i < 5; i++) {
    await runSole(folder, { decided: () => {}, run: () => Promise.resolve() })
  }
  assert.equal(readdirSync(folder), ['claim.5'])
})

sole.run()
