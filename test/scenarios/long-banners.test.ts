import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { startFront } from '../helpers/peers.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { HANDOVERS, pointTo, Stage } from '../helpers/ways.ts'

/** What sshd says before it lets somebody in: as much as it says at all. */
const WELCOME = `${'be welcome '.repeat(2000)}\n`

/** What may come before the version string (RFC 4253 section 4.2); ssh alone decides what is too much. */
const BEFORE: Readonly<Record<string, string>> = {
  'one empty line': '\r\n',
  'a line that is nearly the version string': 'SSH is near\n',
  'lines without CR': 'here\nthere\n',
  'a thousand lines': 'so it goes on\r\n'.repeat(1000),
  'a hundred long lines': `${'l'.repeat(8000)}\r\n`.repeat(100),
  'more lines than ssh takes': 'so it goes on\r\n'.repeat(1024),
  'a line longer than ssh takes': `${'l'.repeat(9000)}\r\n`,
}

const banners = suite<{ stage: Stage }>('long banners')

banners.before(async (context) => {
  const file = join(makeFolder(), 'banner')
  writeFileSync(file, WELCOME)
  const config = [`Banner ${file}`, `VersionAddendum ${'v'.repeat(200)}`]
  context.stage = await Stage.open({ config })
})

banners.after(({ stage }) => stage.close())

for (const way of HANDOVERS) {
  banners(`${way.name}: a long version string, and a long banner of sshd`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const flags = ['-v', '-o', 'LogLevel=DEBUG']
    const { stdout, stderr } = await ssh.run('ssh', [...flags, MACHINE, 'echo in'])
    assert.is(stdout.toString(), 'in\n')
    assert.match(stderr, /compat_banner: match: OpenSSH_.* v{200} pat/)
    assert.ok(stderr.includes(WELCOME.trim()), 'the banner is whole')
    await leavesNothing()
  })
}

for (const [name, before] of Object.entries(BEFORE)) {
  banners(`before the version string: ${name}: the same as without byway`, async ({ stage }) => {
    const front = await startFront(stage.sshd, { before })
    const plain = stage.travel({ network: 'direct', mode: 'relay', artefact: EXECUTABLE })
    const nc = `ProxyCommand=nc -N 127.0.0.1 ${front.port}`
    const expected = await plain.ssh.run('ssh', ['-o', nc, MACHINE, 'echo in'])
    const results = HANDOVERS.map(async (way) => {
      const { home, ssh, leavesNothing } = stage.travel(way)
      pointTo(home, stage, { way, port: front.port })
      const { stdout, status } = await ssh.run('ssh', [MACHINE, 'echo in'])
      assert.equal([way.name, stdout.toString(), status], [way.name, said, expected.status])
      await leavesNothing()
    })
    const said = expected.stdout.toString()
    await Promise.all(results)
    front.stop()
  })
}

banners.run()
