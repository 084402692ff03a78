import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Passenger, ProgramStage, type ProgramWay, waysBy } from './program-ways.ts'
import { MACHINE } from './ssh-client.ts'
import { suite } from './suite.ts'

const MIB = 1024 * 1024

/** What has to go by every way. */
const TASKS: Readonly<Record<string, (passenger: Passenger, way: ProgramWay) => Promise<void>>> = {
  'ssh: exit status, stdin, stdout, stderr': useSsh,
  'rsync of 16 MiB, there and back': useRsync,
  'ssh is killed': killSsh,
}

/** The tests of all ways of this mode; nothing may be left of any. */
export function makeProgramTests(mode: ProgramWay['mode']): Test<{ stage: ProgramStage }> {
  const programs = suite<{ stage: ProgramStage }>(`programs, jump hosts, HTTP proxies: ${mode}`)
  programs.before(async (context) => {
    context.stage = await ProgramStage.open()
  })
  programs.after(({ stage }) => stage.close())
  for (const way of waysBy(mode)) {
    for (const [task, perform] of Object.entries(TASKS)) {
      programs(`${way.name}: ${task}`, async ({ stage }) => {
        const passenger = stage.travel(way)
        await perform(passenger, way)
        await passenger.leavesNothing()
      })
    }
  }
  return programs
}

async function useSsh({ ssh, home }: Passenger, way: ProgramWay): Promise<void> {
  const input = randomBytes(MIB)
  const session = ssh.start([MACHINE, 'echo in; cat; echo words >&2; exit 7'])
  await session.says('in')
  const stays = !(way.mode === 'fdpass' && way.network === 'http')
  assert.is(home.liveByways().length > 0, stays, 'only for a mere socket nobody has to stay')
  session.child.stdin.end(input)
  const { stdout, stderr, status } = await session.result
  assert.is(stderr, 'words\n')
  assert.is(status, 7)
  assert.ok(stdout.subarray(3).equals(input), 'stdout is what stdin was')
}

async function useRsync({ ssh, home }: Passenger): Promise<void> {
  const [local, remote, back] = [home.newPath(), home.newPath(), home.newPath()]
  const content = randomBytes(16 * MIB)
  home.writeFile(local.slice(home.folder.length), content)
  const there = await ssh.rsync(['--checksum', local, `${MACHINE}:${remote}`])
  assert.is(there.status, 0, there.stderr)
  const here = await ssh.rsync(['--checksum', `${MACHINE}:${remote}`, back])
  assert.is(here.status, 0, here.stderr)
  assert.ok(readFileSync(back).equals(content), 'what came back is what was sent')
}

async function killSsh({ ssh }: Passenger): Promise<void> {
  const session = ssh.start([MACHINE, 'echo in; cat'])
  await session.says('in')
  process.kill(session.pid, 'SIGKILL')
}
