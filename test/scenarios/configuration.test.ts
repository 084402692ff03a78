import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway } from '../helpers/byway.ts'
import { MACHINE, SshClient } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing, Stage } from '../helpers/ways.ts'

/** A machine whose letters ssh lower-cases wherever it may. */
const CAPITAL = 'Web01'
const DOMAIN = 'clan.example'

const configuration = suite<{ stage: Stage }>('what byway writes for ssh')

configuration.before(async (context) => {
  context.stage = await Stage.open()
})

configuration.after(({ stage }) => stage.close())

for (const artefact of ARTEFACTS) {
  for (const flags of [[], ['--fdpass']]) {
    const line = ['ssh-config', ...flags].join(' ')
    for (const name of [MACHINE, CAPITAL, `${CAPITAL}.${DOMAIN}`]) {
      configuration(`${artefact.name}: ssh ${name} by what "${line}" prints`, async ({ stage }) => {
        const home = settle(stage, artefact)
        const printed = await runByway(home, ['ssh-config', ...flags])
        assert.is(printed.stderr, '')
        const include = home.writeFile('byway.conf', printed.stdout)
        const ssh = new SshClient({ home, sshd: stage.sshd, include, names: [CAPITAL] })
        const { stdout, stderr, status } = await ssh.run('ssh', [name, 'echo in'])
        assert.is(stdout.toString(), 'in\n', stderr)
        assert.is(status, 0)
        await leavesNothing(home)
      })
    }
  }

  configuration(
    `${artefact.name}: byway ssh passes arguments, stdin and status`,
    async ({ stage }) => {
      const home = settle(stage, artefact)
      const { config } = new SshClient({
        home,
        sshd: stage.sshd,
        include: home.writeFile('empty.conf', ''),
      })
      const args = ['ssh', MACHINE, '--', '-F', config, 'cat; exit 5']
      const { stdout, status, stderr } = await runByway(home, args, { input: 'words' })
      assert.is(stdout.toString(), 'words', stderr)
      assert.is(status, 5)
      await leavesNothing(home)
    },
  )
}

configuration.run()

function settle(stage: Stage, artefact: Artefact): Home {
  const home = new Home(artefact)
  const peer = { host: '127.0.0.1', port: stage.sshd.port, user: stage.sshd.user }
  const peers = { [MACHINE]: peer, [CAPITAL]: peer }
  home.writeInventory({ domain: DOMAIN, networks: { internet: { peers } } })
  return home
}
