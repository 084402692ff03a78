// serial
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Listener } from '../helpers/listen.ts'
import { startSilent } from '../helpers/peers.ts'
import { isAlive } from '../helpers/proc.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'
import { Stage, WAYS, type Way } from '../helpers/ways.ts'

/** Milliseconds in which ssh has given up: before a byway that has a minute would. */
const ENOUGH = 30_000
/** How many processes of byway live while a session does. */
const RESIDENT = { relay: 1, fdpass: 0 } as const

const sessions = suite<{ stage: Stage; silent: Listener }>('sessions')

sessions.before(async (context) => {
  context.stage = await Stage.open()
  context.silent = await startSilent()
})

sessions.after(({ stage, silent }) => {
  stage.close()
  silent.stop()
})

for (const way of WAYS) {
  sessions(
    `${way.name}: ${RESIDENT[way.mode]} of byway during a session, none after`,
    async (context) => {
      const { home, ssh, leavesNothing } = context.stage.travel(way)
      const session = ssh.start([MACHINE, 'echo in; cat'])
      await session.says('in')
      assert.is(home.liveByways().length, RESIDENT[way.mode])
      session.child.stdin.end('last words')
      const { stdout, status } = await session.result
      assert.is(stdout.toString(), 'in\nlast words')
      assert.is(status, 0)
      await leavesNothing()
    },
  )

  sessions(`${way.name}: a ControlMaster and commands over it`, async ({ stage }) => {
    const { home, ssh, leavesNothing } = stage.travel(way)
    const control = ['-o', `ControlPath=${home.folder}/ctl`]
    const master = ['-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes']
    const first = await ssh.run('ssh', [...control, ...master, MACHINE, 'echo first'])
    assert.is(first.stdout.toString(), 'first\n', first.stderr)
    const others = ['second', 'third', 'fourth'].map((word) =>
      ssh.run('ssh', [...control, MACHINE, `echo ${word}`]),
    )
    const said = (await Promise.all(others)).map(({ stdout }) => stdout.toString())
    assert.equal(said, ['second\n', 'third\n', 'fourth\n'])
    assert.is(home.liveByways().length, RESIDENT[way.mode])
    const exit = await ssh.run('ssh', [...control, '-O', 'exit', MACHINE])
    assert.is(exit.status, 0, exit.stderr)
    await leavesNothing()
  })

  sessions(`${way.name}: twenty at once`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const inputs = Array.from({ length: 20 }, () => randomBytes(64 * 1024))
    const results = await Promise.all(
      inputs.map((input) => ssh.run('ssh', [MACHINE, 'cat'], { input })),
    )
    for (const [i, { stdout, stderr, status }] of results.entries()) {
      assert.is(status, 0, stderr)
      assert.ok(inputs[i]?.equals(stdout), 'each has its own bytes')
    }
    await leavesNothing()
  })
}

const RELAYED = WAYS.filter(({ mode }) => mode === 'relay')

for (const way of RELAYED) {
  sessions(`${way.name}: after kill -9 of ssh byway is gone within a second`, async ({ stage }) => {
    const { home, ssh } = stage.travel(way)
    const session = ssh.start([MACHINE, 'echo in; cat'])
    await session.says('in')
    const [byway] = home.liveByways()
    assert.ok(byway, 'byway is there')
    process.kill(session.pid, 'SIGKILL')
    const ms = await until('byway is gone', () => !isAlive(byway.pid), 5000)
    console.log(`${way.name}: gone ${Math.round(ms)} ms after ssh`)
  })
}

for (const way of RELAYED.filter(({ network }) => network === 'direct')) {
  sessions(
    `${way.name}: ssh -o ConnectTimeout is obeyed, and byway ends with ssh`,
    async (context) => {
      const limits = { ssh: 1, byway: 60 }
      const { stderr, leavesNothing } = await timeOut(context, way, limits)
      assert.match(stderr, /timed out/i)
      await leavesNothing()
    },
  )
}

for (const way of WAYS.filter(({ network }) => network === 'direct')) {
  sessions(`${way.name}: a peer that says nothing does not hold ssh for ever`, async (context) => {
    const ssh = way.mode === 'relay' ? null : 2
    const { leavesNothing } = await timeOut(context, way, { ssh, byway: 2 })
    await leavesNothing()
  })
}

/** Seconds that ssh waits, null: as long as it likes, and byway. */
interface Limits {
  readonly ssh: number | null
  readonly byway: number
}

async function timeOut(
  { stage, silent }: { stage: Stage; silent: Listener },
  way: Way,
  limits: Limits,
) {
  const { home, ssh, leavesNothing } = stage.travel(way)
  const peer = { host: silent.host, port: silent.port }
  home.writeInventory({ networks: { only: { timeout: limits.byway, peers: { [MACHINE]: peer } } } })
  const options = limits.ssh === null ? [] : ['-o', `ConnectTimeout=${limits.ssh}`]
  const line = [...options, MACHINE, 'true']
  const { status, stderr } = await ssh.run('ssh', line, { limit: ENOUGH })
  assert.is(status, 255)
  return { stderr, leavesNothing }
}

sessions.run()
