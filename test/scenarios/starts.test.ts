import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { putHostKey } from '../helpers/host-identity.ts'
import { run } from '../helpers/program.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { ToyClan } from '../helpers/toy-clan.ts'
import { atHome } from '../helpers/user-database.ts'

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

const starts = suite<{ sshd: Sshd }>("README's starts, as typed")

starts.before(async (context) => {
  context.sshd = await startSshd()
})

starts.after(({ sshd }) => sshd.stop())

starts('a handful of servers', async ({ sshd }) => {
  const home = settle(sshd, 'accept-new')
  const host = ['Host web01', '  HostName 127.0.0.1', `  Port ${sshd.port}`]
  const config = join(home.folder, '.ssh/config')
  writeFileSync(config, [...host, readFileSync(config, 'utf8')].join('\n'))
  await follow(home, commandsOf('a handful of servers'))
})

starts('nothing but a login', async ({ sshd }) => {
  const home = settle(sshd, 'accept-new')
  const places = { 'nas.lan': '127.0.0.1:1', 'me@nas.example.net:2222': `127.0.0.1:${sshd.port}` }
  await follow(home, commandsOf('nothing but a login', places))
})

starts('a clan with host keys', async ({ sshd }) => {
  const home = settle(sshd, 'yes')
  const hosts = [{ plain: '127.0.0.1' }]
  const clan = await ToyClan.make({ machines: { web01: { hosts, port: sshd.port } } })
  putHostKey(clan.folder, 'web01', sshd.hostKeyLine)
  await follow(home, commandsOf('a clan', { '/home/me/clan': clan.folder }))
})

starts.run()

/** A home that has a key for the machine, and knows no host. */
function settle(sshd: Sshd, strict: 'yes' | 'accept-new'): Home {
  const home = new Home(EXECUTABLE)
  home.makeFolder('.ssh')
  const lines = [`IdentityFile "${sshd.clientKey}"`, 'IdentitiesOnly yes', 'BatchMode yes']
  const all = ['Host *', ...lines, `StrictHostKeyChecking ${strict}`, 'LogLevel ERROR', '']
  home.writeFile('.ssh/config', all.join('\n'))
  return home
}

/** The three commands of a start, its places replaced by ours. */
function commandsOf(start: string, places: Readonly<Record<string, string>> = {}): string[] {
  const [, section = ''] = README.split(`\n## Start: ${start}\n`)
  const [, block = ''] = /^```sh\n([\s\S]*?)^```/m.exec(section) ?? []
  const commands = Object.entries(places).reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `the README says ${from}`)
    return text.replaceAll(from, to)
  }, block)
  const lines = commands.trimEnd().split('\n')
  assert.is(lines.length, 3, 'three commands')
  return lines
}

/** Types them into a shell of a user whose home this is; the last one is a login. */
async function follow(home: Home, commands: readonly string[]): Promise<void> {
  const { XDG_CONFIG_HOME: _, ...env } = home.env
  const inside = [...atHome(home.folder), 'sh', '-c']
  for (const command of commands.slice(0, -1)) {
    const { status, stderr } = await run([...inside, command], { env, cwd: home.folder })
    assert.is(status, 0, `${command}: ${stderr}`)
  }
  const login = [...inside, `${commands.at(-1)} 'echo in; exit 3'`]
  const { stdout, stderr, status } = await run(login, { env, cwd: home.folder })
  assert.equal([stdout.toString(), status], ['in\n', 3], stderr)
}
