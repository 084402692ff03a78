import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'
import { start } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'
import { atHome } from '../helpers/user-database.ts'

const again = suite('byway import, where byway is installed in ssh')

const CONFIG = `# hosts of mine
Host web01
  HostName 192.0.2.1
Host web02
  HostName 192.0.2.2
  Include "more/*.conf"
  Port 2022
Host hand
  ProxyCommand byway connect %n %p
Match exec "test %n = web02"
  ProxyJump gate
`

/** A home with that configuration; what `web02` includes names byway's file too. */
function settle(config = CONFIG): Home {
  const home = new Home(SCRIPT)
  home.makeFolder('.ssh/more')
  home.makeFolder('config/byway')
  home.writeFile('.ssh/config', config)
  home.writeFile('.ssh/more/a.conf', 'Include ~/.ssh/byway.conf\n')
  home.writeFile('.ssh/more/b.conf', 'User deploy\n')
  return home
}

const MACHINES = {
  internet: { peers: { web01: { host: '192.0.2.1' } } },
  'via-gate': { jump: 'gate', peers: { web02: { host: '192.0.2.2', port: 2022, user: 'deploy' } } },
}

again('a second import has all that the first one had', async () => {
  const home = settle()
  const byway = (...words: string[]) => runByway(home, words, { inside: atHome(home.folder) })
  const inventory = (text: string | Uint8Array) => {
    return home.writeFile('config/byway/inventory.json', text)
  }
  const first = await byway('import')
  assert.equal(JSON.parse(first.stdout.toString()).networks, MACHINES, first.stderr)
  inventory(first.stdout)
  assert.is((await byway('ssh-config', '--install')).status, 0)
  const config = home.writeFile('.ssh/config', readFileSync(join(home.folder, '.ssh/config')))
  appendFileSync(config, 'Host web03\n  HostName 192.0.2.3\n')
  // a shell empties it before byway runs
  inventory('')
  const second = await byway('import')
  const web03 = { web03: { host: '192.0.2.3' } }
  const internet = { peers: { ...MACHINES.internet.peers, ...web03 } }
  assert.equal(JSON.parse(second.stdout.toString()).networks, { ...MACHINES, internet })
  assert.is(second.stderr, first.stderr)
  assert.match(second.stderr, 'byway: left out hand: ssh goes through byway to it already\n')
  inventory(second.stdout)
  assert.is((await byway('refresh')).status, 0)
  const installed = readFileSync(join(home.folder, '.ssh/byway.conf'), 'utf8')
  assert.match(installed, /^Host web01 web03 web02$/m)
  assert.equal(readdirSync(join(home.folder, 'tmp')), [])
})

again('a signal leaves no copy of the configuration behind', async () => {
  const home = settle()
  home.writeFile('config/byway/inventory.json', JSON.stringify({ networks: MACHINES }))
  const inside = atHome(home.folder)
  assert.is((await runByway(home, ['ssh-config', '--install'], { inside })).status, 0)
  installProgram(home, 'ssh', 'echo "$*" >>"$HOME/asked"; exec sleep 60')
  const importing = start([...SCRIPT.argv, 'import'], {
    env: home.env,
    cwd: home.folder,
    input: '',
  })
  const asked = () => readdirSync(home.folder).includes('asked')
  await until('ssh is asked', asked)
  assert.is(readdirSync(join(home.folder, 'tmp')).length, 1)
  importing.child.kill('SIGTERM')
  assert.is((await importing.result).signal, 'SIGTERM')
  assert.equal(readdirSync(join(home.folder, 'tmp')), [])
  for (const { pid } of home.live()) process.kill(pid)
})

again.run()
