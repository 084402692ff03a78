import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun, type Running, start } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { HANDOVERS, Stage } from '../helpers/ways.ts'

interface Desk {
  stage: Stage
  /** a real ssh-agent, and its socket */
  agent: { readonly running: Running; readonly socket: string }
  /** what it signs with */
  key: string
  /** a real X server's display, and the file with its cookie */
  display: { readonly running: Running; readonly name: string; readonly cookies: string }
}

const desk = suite<Desk>('agent and X11 forwarding')

desk.before(async (context) => {
  const folder = makeFolder()
  context.stage = await Stage.open({ config: ['X11Forwarding yes', 'X11UseLocalhost yes'] })
  context.agent = await startAgent(`${folder}/agent`)
  context.key = `${folder}/key`
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', context.key])
  const env = { ...process.env, SSH_AUTH_SOCK: context.agent.socket }
  await mustRun(['ssh-add', context.key], { env })
  context.display = await startDisplay(`${folder}/cookies`)
})

desk.after(({ stage, agent, display }) => {
  for (const { running } of [agent, display]) running.kill()
  stage.close()
})

for (const way of HANDOVERS) {
  desk(`${way.name}: -A: what is signed there is signed by the agent here`, async (context) => {
    const { ssh, leavesNothing } = context.stage.travel(way)
    const flags = ['-A', '-o', `IdentityAgent=${context.agent.socket}`]
    const pub = `${context.key}.pub`
    const sign = `ssh-add -l >&2; ssh-keygen -Y sign -f ${pub} -n test 2>/dev/null`
    const { stdout, stderr, status } = await ssh.run('ssh', [...flags, MACHINE, sign], {
      input: randomBytes(64 * 1024),
    })
    assert.is(status, 0, stderr)
    assert.match(stderr, /ED25519/)
    assert.match(stdout.toString(), /^-----BEGIN SSH SIGNATURE-----\n/)
    await leavesNothing()
  })

  for (const flag of ['-X', '-Y']) {
    desk(`${way.name}: ${flag}: a program there talks to the X server here`, async (context) => {
      const { stage, display } = context
      const { ssh, leavesNothing } = stage.travel(way, {
        DISPLAY: display.name,
        XAUTHORITY: display.cookies,
      })
      const { stdout, stderr, status } = await ssh.run('ssh', [flag, MACHINE, 'xdpyinfo'])
      assert.is(status, 0, stderr)
      assert.match(stdout.toString(), /name of display: +localhost:\d+\.0\n/)
      assert.match(stdout.toString(), /number of screens: +1\n/)
      await leavesNothing()
    })
  }
}

desk.run()

async function startAgent(socket: string): Promise<Desk['agent']> {
  const running = start(['ssh-agent', '-D', '-a', socket], { limit: 3_600_000, input: '' })
  await running.says('SSH_AUTH_SOCK')
  return { running, socket }
}

/** An X server without a screen, which lets nobody in without its cookie. */
async function startDisplay(cookies: string): Promise<Desk['display']> {
  const cookie = randomBytes(16).toString('hex')
  const flags = ['-displayfd', '1', '-screen', '0', '64x64x24', '-nolisten', 'tcp']
  const running = start(['Xvfb', ...flags, '-auth', cookies], { limit: 3_600_000, input: '' })
  await running.says('\n')
  const name = `:${running.heard().trim()}`
  await mustRun(['xauth', '-f', cookies, 'add', name, 'MIT-MAGIC-COOKIE-1', cookie])
  return { running, name, cookies }
}
