import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endStrays } from '../../src/daemons/strays.ts'
import { atExit, makeFolder } from '../helpers/cleanup.ts'
import { isAlive } from '../helpers/proc.ts'

const NOBODY = 65534

const strays = suite('daemons/strays')
const started: (() => void)[] = []

strays.after.each(() => {
  for (const stop of started.splice(0)) stop()
})

/** A program that waits, and has these arguments. */
async function startWith(args: readonly string[], uid?: number): Promise<ChildProcess> {
  const script = 'console.log(); setInterval(() => {}, 1000)'
  const child = spawn(process.execPath, ['-e', script, '--', ...args], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(uid === undefined ? {} : { uid }),
  })
  started.push(atExit(() => child.kill('SIGKILL')))
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

strays('ends what runs from a folder of this daemon, and nothing else', async () => {
  const folder = makeFolder()
  const doomed = await Promise.all([
    startWith(['-f', `${folder}/run.abc/torrc`]),
    startWith(['-f', `${folder}/run.def/torrc`, '--defaults-torrc', '/etc/x']),
  ])
  const others = await Promise.all([
    startWith(['-f', `${folder}-2/run.abc/torrc`]),
    startWith(['-f', `${folder}/torrc`]),
    startWith(['-g', `${folder}/run.abc/torrc`]),
    startWith(['x', `${folder}/run.abc/torrc`, '-f']),
  ])
  await endStrays(folder)
  assert.equal(
    doomed.map(({ pid }) => isAlive(pid ?? 0)),
    [false, false],
  )
  assert.equal(
    others.map(({ pid }) => isAlive(pid ?? 0)),
    [true, true, true, true],
  )
})

if (process.getuid?.() === 0) {
  strays('somebody else’s with such a name is not touched, and not waited for', async () => {
    const folder = makeFolder()
    chmodSync(folder, 0o755)
    const other = await startWith(['-f', `${folder}/run.abc/torrc`], NOBODY)
    await endStrays(folder)
    assert.ok(isAlive(other.pid ?? 0))
  })
}

strays('none is there: at once', async () => {
  await endStrays(makeFolder())
})

strays.run()
