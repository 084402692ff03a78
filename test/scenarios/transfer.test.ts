import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { type Listener, listen } from '../helpers/listen.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { Stage, type Traveller, WAYS } from '../helpers/ways.ts'

const MIB = 1024 * 1024

/** What OpenSSH's programs have to do by every way. */
const TASKS: Readonly<Record<string, (traveller: Traveller) => Promise<void>>> = {
  'ssh: exit status, stdin, stdout, stderr': async ({ ssh }) => {
    const input = randomBytes(3 * MIB)
    const result = await ssh.run('ssh', [MACHINE, 'cat; echo words >&2; exit 7'], { input })
    assert.is(result.status, 7)
    assert.is(result.stderr, 'words\n')
    assert.ok(result.stdout.equals(input), 'stdout is what stdin was')
  },
  'ssh: a closed stdin is seen at the other end': async ({ ssh }) => {
    const { stdout, status } = await ssh.run('ssh', [MACHINE, 'wc -c'], { input: 'four' })
    assert.is(stdout.toString().trim(), '4')
    assert.is(status, 0)
  },
  'sftp: put and get': async ({ ssh, home }) => {
    const [local, remote, back] = [home.newPath(), home.newPath(), home.newPath()]
    const content = randomBytes(MIB)
    home.writeFile(local.slice(home.folder.length), content)
    const input = `put ${local} ${remote}\nget ${remote} ${back}\nrm ${remote}\n`
    const { status, stderr } = await ssh.run('sftp', ['-b', '-', MACHINE], { input })
    assert.is(status, 0, stderr)
    assert.ok(readFileSync(back).equals(content), 'what came back is what was sent')
  },
  'scp: both ways': ({ ssh, home }) => copyBothWays({ ssh, home }, []),
  'scp -O: both ways, by the old protocol': ({ ssh, home }) => copyBothWays({ ssh, home }, ['-O']),
}

async function copyBothWays(
  { ssh, home }: Pick<Traveller, 'ssh' | 'home'>,
  flags: readonly string[],
): Promise<void> {
  const [local, remote, back] = [home.newPath(), home.newPath(), home.newPath()]
  const content = randomBytes(2 * MIB)
  home.writeFile(local.slice(home.folder.length), content)
  const there = await ssh.run('scp', [...flags, local, `${MACHINE}:${remote}`])
  assert.is(there.status, 0, there.stderr)
  const here = await ssh.run('scp', [...flags, `${MACHINE}:${remote}`, back])
  assert.is(here.status, 0, here.stderr)
  assert.ok(readFileSync(back).equals(content), 'what came back is what was sent')
}

const transfer = suite<{ stage: Stage; echo: Listener }>('transfer')

transfer.before(async (context) => {
  context.stage = await Stage.open()
  context.echo = await listen((socket) => socket.pipe(socket))
})

transfer.after(({ stage, echo }) => {
  stage.close()
  echo.stop()
})

for (const way of WAYS) {
  for (const [task, perform] of Object.entries(TASKS)) {
    transfer(`${way.name}: ${task}`, async ({ stage }) => {
      const traveller = stage.travel(way)
      await perform(traveller)
      await traveller.leavesNothing()
    })
  }

  transfer(
    `${way.name}: ssh -W: stdin and stdout to a port behind the machine`,
    async (context) => {
      const traveller = context.stage.travel(way)
      const input = randomBytes(MIB)
      const target = `127.0.0.1:${context.echo.port}`
      const { stdout, status } = await traveller.ssh.run('ssh', ['-W', target, MACHINE], { input })
      assert.is(status, 0)
      assert.ok(stdout.equals(input), 'the echo is what was sent')
      await traveller.leavesNothing()
    },
  )
}

transfer.run()
