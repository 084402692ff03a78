// serial
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway, startByway } from '../helpers/byway.ts'
import type { ProcessEntry } from '../helpers/proc.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { TorHome } from '../helpers/tor-home.ts'

/** Milliseconds between two looks at the processes. */
const LOOK = 50
/** Killings in all, and homes that they are shared among, for most of the time goes with waiting. */
const ROUNDS = 50
const LANES = 4
/** Milliseconds after a connect's start in which somebody is killed: tor is ready after some 2000. */
const LATEST = 2000

const many = suite('tor: many')

many('ten at once, none runs: one tor, ten logins', async () => {
  const stage = await TorHome.make()
  const ssh = stage.ssh('relay')
  const seen = new Set<number>()
  const watch = setInterval(() => {
    for (const { pid } of stage.tors()) seen.add(pid)
  }, LOOK)
  const results = await Promise.all(
    Array.from({ length: 10 }, () => ssh.run('ssh', [MACHINE, 'echo in'])),
  )
  clearInterval(watch)
  for (const { stdout, stderr } of results) assert.is(stdout.toString(), 'in\n', stderr)
  assert.is(seen.size, 1, `tor processes: ${[...seen]}`)
  console.log(`ten at once, cold: ${results.map(({ ms }) => Math.round(ms)).join(', ')} ms`)
  await stage.leavesNothing()
})

/** Who is killed. */
const VICTIMS: readonly [Victim, ...Victim[]] = [
  { name: 'byway', find: ({ home }) => home.liveByways().filter((process) => !isKeeper(process)) },
  { name: 'the keeper', find: (stage) => stage.keepers() },
  { name: 'tor', find: (stage) => stage.tors() },
]

interface Victim {
  readonly name: string
  find(stage: TorHome): ProcessEntry[]
}

many(`kill -9 of byway, its keeper, or tor, ${ROUNDS} times: the next connect works`, async () => {
  const random = new Random('tor: kill -9')
  const rounds = Array.from({ length: ROUNDS }, () => ({
    victim: random.pick(VICTIMS),
    after: random.between(0, LATEST),
  }))
  const lanes = Array.from({ length: LANES }, async () => {
    const stage = await TorHome.make()
    for (let round = rounds.shift(); round; round = rounds.shift()) await surviveOne(stage, round)
    // the end of the last doomed one may have been its keeper's, too: the next one tidies up
    await connectOnce(stage)
    await stage.leavesNothing(20_000)
  })
  await Promise.all(lanes)
})

many('a signal ends the keeper and its tor, and leaves nothing', async () => {
  const stage = await TorHome.make({ daemon: { linger: 60 } })
  await connectOnce(stage)
  for (const { pid } of stage.keepers()) process.kill(pid, 'SIGTERM')
  await stage.leavesNothing()
})

many('the runtime folder is removed under a tor that runs: the next connect works', async () => {
  const stage = await TorHome.make()
  await connectOnce(stage)
  const [first] = stage.tors()
  rmSync(dirname(stage.runtime), { recursive: true })
  await connectOnce(stage)
  assert.not.ok(
    stage.tors().some(({ pid }) => pid === first?.pid),
    'the first was ended',
  )
  await stage.leavesNothing()
})

many('without XDG_RUNTIME_DIR, beside a tor that was started with it: one of its own', async () => {
  const stage = await TorHome.make()
  await connectOnce(stage)
  await connectOnce(stage, { XDG_RUNTIME_DIR: '' })
  await stage.leavesNothing()
})

many.run()

async function connectOnce({ home }: TorHome, env: Record<string, string> = {}): Promise<void> {
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE], { input: '', env })
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
}

async function surviveOne(
  stage: TorHome,
  { victim, after }: { victim: Victim; after: number },
): Promise<void> {
  const doomed = startByway(stage.home, ['connect', MACHINE])
  await new Promise((resolve) => setTimeout(resolve, after))
  for (const { pid } of victim.find(stage)) kill(pid)
  const next = await runByway(stage.home, ['connect', MACHINE], { input: '' })
  const what = `after kill -9 of ${victim.name} at ${after} ms: ${next.stderr}`
  assert.match(next.stdout.toString(), /^SSH-2\.0-/, what)
  doomed.kill()
  await doomed.result
}

function isKeeper({ command }: ProcessEntry): boolean {
  return command.endsWith(' keep')
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended meanwhile
  }
}
