// serial
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PROGRAM_WAYS, ProgramStage, type ProgramWay } from '../helpers/program-ways.ts'
import { MACHINE } from '../helpers/ssh-client.ts'

const MIB = 1024 * 1024

/** A socket of byway's own is passed on; a program, or TLS, needs somebody who stays. */
const isSocket = ({ network, mode }: ProgramWay) => mode === 'fdpass' && network === 'http'

const programs = suite<{ stage: ProgramStage }>('programs, jump hosts, HTTP proxies')

programs.before(async (context) => {
  context.stage = await ProgramStage.open()
})

programs.after(({ stage }) => stage.close())

for (const way of PROGRAM_WAYS.filter((w) => w.name.includes(process.env["BYWAY_TEST_ONLY"] ?? ""))) {
  programs(`${way.name}: ssh: exit status, stdin, stdout, stderr`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const input = randomBytes(MIB)
    const result = await ssh.run('ssh', [MACHINE, 'cat; echo words >&2; exit 7'], { input })
    assert.is(result.stderr, 'words\n')
    assert.is(result.status, 7)
    assert.ok(result.stdout.equals(input), 'stdout is what stdin was')
    await leavesNothing()
  })

  programs(`${way.name}: rsync of 16 MiB, there and back`, async ({ stage }) => {
    const { home, ssh, leavesNothing } = stage.travel(way)
    const [local, remote, back] = [home.newPath(), home.newPath(), home.newPath()]
    const content = randomBytes(16 * MIB)
    home.writeFile(local.slice(home.folder.length), content)
    const flags = ['--checksum', '--whole-file']
    const there = await ssh.rsync([...flags, local, `${MACHINE}:${remote}`])
    assert.is(there.status, 0, there.stderr)
    const here = await ssh.rsync([...flags, `${MACHINE}:${remote}`, back])
    assert.is(here.status, 0, here.stderr)
    assert.ok(readFileSync(back).equals(content), 'what came back is what was sent')
    await leavesNothing()
  })

  programs(`${way.name}: what lives during a session ends with it`, async ({ stage }) => {
    const { home, ssh, leavesNothing } = stage.travel(way)
    const session = ssh.start([MACHINE, 'echo in; cat'])
    await session.says('in')
    if (isSocket(way)) assert.is(home.liveByways().length, 0)
    else assert.ok(home.liveByways().length > 0, 'byway is there')
    session.child.stdin.end('last words')
    const { stdout, stderr, status } = await session.result
    assert.is(stdout.toString(), 'in\nlast words', stderr)
    assert.is(status, 0)
    await leavesNothing()
  })

  programs(`${way.name}: after kill -9 of ssh nothing is left`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const session = ssh.start([MACHINE, 'echo in; cat'])
    await session.says('in')
    process.kill(session.pid, 'SIGKILL')
    await leavesNothing()
  })
}

programs.run()
