// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Artefact, EXECUTABLE, SCRIPT } from '../helpers/byway.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { TorHome } from '../helpers/tor-home.ts'
import { until } from '../helpers/until.ts'

/** Milliseconds of the time from a session's end to tor's: `linger`, a look, and a busy computer. */
const LINGER = { least: 500, most: 8000 }
/** Seconds, longer than `linger` and the looks around it. */
const LONG = 3

const STARTS: readonly [mode: 'relay' | 'fdpass', artefact: Artefact][] = [
  ['relay', EXECUTABLE],
  ['fdpass', EXECUTABLE],
  ['relay', SCRIPT],
]

const tor = suite('tor')

for (const [mode, artefact] of STARTS) {
  tor(
    `${artefact.name}, ${mode}: none runs; ssh is in, and tor ends after the session`,
    async () => {
      const stage = await TorHome.make({ artefact })
      const ssh = stage.ssh(mode)
      const logIn = async () => {
        const { stdout, stderr, ms } = await ssh.run('ssh', [MACHINE, 'echo in'])
        assert.is(stdout.toString(), 'in\n', stderr)
        return `${Math.round(ms)} ms`
      }
      const cold = await logIn()
      const lingered = await stage.leavesNothing()
      assert.ok(lingered > LINGER.least && lingered < LINGER.most, `${lingered} ms`)
      const [warm, running] = [await logIn(), await logIn()]
      console.log(`${artefact.name}, ${mode}: cold ${cold}, warm ${warm}, running ${running}`)
      await stage.leavesNothing()
    },
  )
}

for (const mode of ['relay', 'fdpass'] as const) {
  tor(`${mode}: tor stays as long as a session, and ends after it`, async () => {
    const stage = await TorHome.make()
    const session = stage.ssh(mode).start([MACHINE, 'echo in; cat'])
    await session.says('in\n')
    if (mode === 'fdpass') {
      await until('byway is gone', () => stage.home.liveByways().length === 1)
      assert.is(stage.keepers().length, 1, 'what is left is the keeper')
    }
    assert.is((await stage.status())?.streams, 1)
    await stage.outlives(LONG)
    session.child.stdin.end('still there\n')
    const { stdout, status } = await session.result
    assert.is(stdout.toString(), 'in\nstill there\n')
    assert.is(status, 0)
    await stage.leavesNothing()
  })
}

tor('a connection that ControlPersist keeps, fd-passed: tor stays, and ends with it', async () => {
  const stage = await TorHome.make()
  const path = `${stage.home.folder}/master`
  const lines = ['ControlMaster auto', `ControlPath ${path}`, 'ControlPersist yes']
  const ssh = stage.ssh('fdpass', lines)
  const first = await ssh.run('ssh', [MACHINE, 'true'])
  assert.is(first.status, 0, first.stderr)
  await stage.outlives(LONG)
  const second = await ssh.run('ssh', [MACHINE, 'echo in'])
  assert.is(second.stdout.toString(), 'in\n', second.stderr)
  assert.is(stage.tors().length, 1)
  await ssh.run('ssh', ['-O', 'exit', MACHINE])
  await stage.leavesNothing()
})

tor.run()
