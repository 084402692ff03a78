import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mustRun } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { until } from '../helpers/until.ts'
import { HANDOVERS, Stage, type Traveller } from '../helpers/ways.ts'

const masters = suite<{ stage: Stage }>('ssh in the background')

masters.before(async (context) => {
  context.stage = await Stage.open()
})

masters.after(({ stage }) => stage.close())

for (const way of HANDOVERS) {
  masters(
    `${way.name}: a persistent master hides byway's stderr, and is killed`,
    async (context) => {
      const traveller = context.stage.travel(way)
      const { home, ssh, leavesNothing } = traveller
      const control = persist(traveller, 'yes')
      const first = await ssh.run('ssh', [...control, MACHINE, 'echo first'])
      assert.is(first.stdout.toString(), 'first\n', first.stderr)
      // the one that relays for a socket pair was started by another byway, which is gone
      for (const { pid } of way.mode === 'relay' ? home.liveByways() : []) {
        assert.is(readlinkSync(`/proc/${pid}/fd/2`), '/dev/null')
      }
      const copy = home.newPath()
      const get = `get ${ssh.config} ${copy}\n`
      const sftp = await ssh.run('sftp', [...control, '-b', '-', MACHINE], { input: get })
      assert.is(sftp.status, 0, sftp.stderr)
      assert.equal(readFileSync(copy), readFileSync(ssh.config))
      process.kill(await masterOf(traveller), 'SIGKILL')
      await leavesNothing()
    },
  )

  masters(`${way.name}: a persistent master ends by itself`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const control = persist(traveller, '1')
    const first = await traveller.ssh.run('ssh', [...control, MACHINE, 'echo first'])
    assert.is(first.stdout.toString(), 'first\n', first.stderr)
    await until('the master has ended', () => traveller.home.live().length === 0, 60_000)
  })

  masters(`${way.name}: ssh -N -f stays, until it is told to end`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const { home, ssh, leavesNothing } = traveller
    await inShell(traveller, `ssh -F ${ssh.config} -M -S ${home.folder}/ctl -N -f ${MACHINE}`)
    process.kill(await masterOf(traveller), 'SIGTERM')
    await leavesNothing()
  })

  masters(`${way.name}: ssh -f: its command goes on, and all ends with it`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const file = traveller.home.newPath()
    const [go, done] = [`${file}-go`, `${file}-done`]
    const command = `until test -e ${go}; do sleep 0.05; done; touch ${done}`
    await inShell(traveller, `ssh -F ${traveller.ssh.config} -f ${MACHINE} '${command}' >/dev/null`)
    assert.not(existsSync(done))
    await inShell(traveller, `touch ${go}`)
    await until('the command has ended', () => existsSync(done))
    await traveller.leavesNothing()
  })

  for (const [name, words] of [
    ['-n', `-n ${MACHINE} 'cat; echo done'`],
    ['stdin closed', `${MACHINE} 'cat; echo done' <&-`],
    ['stdin and stderr closed', `${MACHINE} 'cat; echo done' <&- 2>&-`],
    ['-T', `-T ${MACHINE} 'cat; echo done' </dev/null`],
  ]) {
    masters(`${way.name}: ssh ${name}`, async ({ stage }) => {
      const traveller = stage.travel(way)
      const said = await inShell(traveller, `ssh -F ${traveller.ssh.config} ${words} | cat`)
      assert.is(said, 'done\n')
      await traveller.leavesNothing()
    })
  }
}

masters.run()

function persist({ home }: Traveller, seconds: string): string[] {
  const options = ['ControlMaster=auto', `ControlPersist=${seconds}`]
  return [...options, `ControlPath=${join(home.folder, 'ctl')}`].flatMap((each) => ['-o', each])
}

/** The process of a master; its title hides the environment by which others are found. */
async function masterOf({ home, ssh }: Traveller): Promise<number> {
  const { stderr } = await ssh.run('ssh', ['-S', join(home.folder, 'ctl'), '-O', 'check', MACHINE])
  const [, pid] = /^Master running \(pid=(\d+)\)/.exec(stderr) ?? []
  assert.ok(pid, stderr)
  return Number(pid)
}

/** What a line for sh writes; what goes into the background must not hold the test's stderr. */
async function inShell({ home }: Traveller, line: string): Promise<string> {
  const result = await mustRun(['sh', '-c', `{ ${line}; } 2>/dev/null`], {
    env: home.env,
    cwd: home.folder,
  })
  return result.stdout.toString()
}
