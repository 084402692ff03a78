import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { HANDOVERS, leavesNothing, Stage, type Way } from '../helpers/ways.ts'

/** The machine that is jumped from is the one which byway reaches; this one is behind it. */
const BEHIND = 'behind'

const jumps = suite<{ stage: Stage; behind: Sshd }>('ssh -J, and byway on the jump host')

jumps.before(async (context) => {
  context.stage = await Stage.open()
  context.behind = await startSshd()
})

jumps.after(({ stage, behind }) => {
  stage.close()
  behind.stop()
})

/** How ssh comes to the machine behind, by lines of its configuration. */
const ROUTES: Readonly<Record<string, (far: Home) => string>> = {
  'ProxyJump through a machine that byway reaches': () => `ProxyJump ${MACHINE}`,
  'byway on the jump host finds the machine behind it': (far) => {
    const settings = Object.entries(far.env).filter(([name]) =>
      /^(XDG_|HOME|BYWAY_TEST_HOME)/.test(name),
    )
    const env = settings.map(([name, value]) => `${name}=${value}`).join(' ')
    return `ProxyCommand ssh -F %d/ssh_config ${MACHINE} env ${env} ${far.artefact.file} connect ${BEHIND}`
  },
}

for (const way of HANDOVERS) {
  for (const [name, route] of Object.entries(ROUTES)) {
    jumps(`${way.name}: ${name}`, async (context) => {
      const far = new Home(EXECUTABLE)
      const { home, ssh } = travelBehind(context, way, route(far))
      writeBehind(far, context.behind)
      const input = randomBytes(512 * 1024)
      const { stdout, stderr, status } = await ssh.run('ssh', [BEHIND, 'cat'], { input })
      assert.is(status, 0, stderr)
      assert.ok(stdout.equals(input), 'stdout is what stdin was')
      for (const each of [home, far]) await leavesNothing(each)
    })
  }
}

jumps.run()

interface Places {
  readonly stage: Stage
  readonly behind: Sshd
}

function travelBehind({ stage, behind }: Places, way: Way, line: string) {
  const { home } = stage.travel(way)
  const known = home.writeFile('known_behind', `${BEHIND} ${behind.hostKeyLine}\n`)
  const block = [
    `Host ${BEHIND}`,
    '  HostName 127.0.0.1',
    `  Port ${behind.port}`,
    `  HostKeyAlias ${BEHIND}`,
    `  UserKnownHostsFile "${known}"`,
    `  IdentityFile "${behind.clientKey}"`,
    `  ${line.replace('%d/', `${home.folder}/`)}`,
  ]
  const ssh = new SshClient({
    home,
    sshd: stage.sshd,
    include: SNIPPETS[way.mode],
    lines: [...block, 'Host *'],
  })
  return { home, ssh }
}

function writeBehind(far: Home, { port }: Sshd): void {
  far.writeInventory({ networks: { only: { peers: { [BEHIND]: { host: '127.0.0.1', port } } } } })
}
