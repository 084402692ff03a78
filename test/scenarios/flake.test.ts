import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home } from '../helpers/byway.ts'
import { NixRecorder } from '../helpers/nix-recorder.ts'
import { SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { addressOf, BROKEN_EXPORTS, ToyClan } from '../helpers/toy-clan.ts'
import { ToyVars, VAR_KINDS } from '../helpers/toy-vars.ts'
import { until } from '../helpers/until.ts'

/** Where the vars say that each machine is. */
const ADDRESS = '127.0.0.1'

const flake = suite<{ sshd: Sshd }>('ssh in the checkout of a clan')

flake.before(async (context) => {
  context.sshd = await startSshd()
})

flake.after(({ sshd }) => sshd.stop())

for (const artefact of ARTEFACTS) {
  flake(
    `${artefact.name}: ssh reaches machines whose hosts are vars of every kind`,
    async ({ sshd }) => {
      const home = new Home(artefact)
      const nix = new NixRecorder(join(home.folder, 'bin'))
      const machines = VAR_KINDS.map((kind) => {
        const name = `by-${kind}`
        return [name, { hosts: [{ var: addressOf(name) }], port: sshd.port }] as const
      })
      const clan = await ToyClan.make({
        machines: Object.fromEntries(machines),
        nix: BROKEN_EXPORTS,
      })
      const vars = await ToyVars.make(clan, home)
      for (const kind of VAR_KINDS) await vars.add(kind, addressOf(`by-${kind}`), `${ADDRESS}\n`)
      await clan.commit()
      home.writeConfig({ flake: clan.folder })
      const names = machines.map(([name]) => name)
      const include = home.writeFile('include', 'Host by-*\n  ProxyCommand byway connect %n %p\n')
      const ssh = new SshClient({ home, sshd, include, names })
      for (const name of names) {
        const { stdout, stderr, status } = await ssh.run('ssh', [name, 'echo in'])
        assert.is(stdout.toString(), 'in\n', stderr)
        assert.is(status, 0)
      }
      assert.ok(nix.runs > 0)
      // gpg leaves its agent, which the test ends
      await until('no byway is left', () => home.liveByways().length === 0)
    },
  )
}

flake.run()
