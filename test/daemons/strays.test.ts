import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endStrays } from '../../src/daemons/strays.ts'
import { atExit, makeFolder } from '../helpers/cleanup.ts'
import { findByEnvironment, isAlive } from '../helpers/proc.ts'
import { until } from '../helpers/until.ts'

const NOBODY = 65534

const strays = suite('daemons/strays')
const started: (() => void)[] = []

strays.after.each(() => {
  for (const stop of started.splice(0)) stop()
})

/** A program that waits, of a run in this folder. */
async function startOf(folder: string, uid?: number): Promise<ChildProcess> {
  const script = 'console.log(); setInterval(() => {}, 1000)'
  const child = spawn(process.execPath, ['-e', script], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, BYWAY_RUN: folder },
    ...(uid === undefined ? {} : { uid }),
  })
  started.push(atExit(() => child.kill('SIGKILL')))
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

strays('ends what is of a run of this daemon, and nothing else', async () => {
  const folder = makeFolder()
  const doomed = await Promise.all([startOf(`${folder}/run.abc`), startOf(`${folder}/run.def`)])
  const others = await Promise.all([
    startOf(`${folder}-2/run.abc`),
    startOf(`${folder}/other`),
    startOf(`/x${folder}/run.abc`),
  ])
  await endStrays(folder)
  assert.equal(
    ['abc', 'def'].flatMap((run) => findByEnvironment(`BYWAY_RUN=${folder}/run.${run}`)),
    [],
  )
  // its memory is gone before it is
  await until('both have ended', () => !doomed.some(({ pid }) => isAlive(pid ?? 0)))
  assert.equal(
    others.map(({ pid }) => isAlive(pid ?? 0)),
    [true, true, true],
  )
})

if (process.getuid?.() === 0) {
  strays('somebody else’s of such a run is not touched, and not waited for', async () => {
    const folder = makeFolder()
    chmodSync(folder, 0o755)
    const other = await startOf(`${folder}/run.abc`, NOBODY)
    await endStrays(folder)
    assert.ok(isAlive(other.pid ?? 0))
  })
}

strays('none is there: at once', async () => {
  await endStrays(makeFolder())
})

strays.run()
