import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { run } from '../helpers/program.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

const installation = suite<{ sshd: Sshd }>('byway ssh-config --install')

installation.before(async (context) => {
  context.sshd = await startSshd()
})

installation.after(({ sshd }) => sshd.stop())

for (const artefact of [SCRIPT, EXECUTABLE]) {
  installation(`${artefact.name}: from nothing to a login, and back`, async ({ sshd }) => {
    const home = new Home(artefact)
    const config = writeConfig(home, sshd)
    const before = readFileSync(config)
    const ssh = (name: string) => run(['ssh', '-F', config, name, 'echo in'], { env: home.env })
    writeMachines(home, sshd, ['web'])
    const check = () => runByway(home, ['ssh-config', '--check'])
    assert.is((await check()).status, 1, 'not installed')

    const dry = await runByway(home, ['ssh-config', '--install', '--dry-run'])
    assert.match(dry.stdout.toString(), /^write .*byway\.conf, mode 0600: web$/m)
    assert.match(dry.stdout.toString(), /^put the line "Include .* at the top of /m)
    assert.ok(readFileSync(config).equals(before) && readdirSync(join(config, '..')).length === 1)

    const installed = await runByway(home, ['ssh-config', '--install'])
    assert.equal([installed.stdout.toString(), installed.stderr], [dry.stdout.toString(), ''])
    assert.is((await check()).status, 0)
    const login = await ssh('web')
    assert.is(login.stdout.toString(), 'in\n', login.stderr)

    writeMachines(home, sshd, ['web', 'mail'])
    const drift = await check()
    assert.is(drift.status, 1)
    assert.match(drift.stdout.toString(), /lacks mail\nhint: byway ssh-config --install\n$/)
    const refreshed = await runByway(home, ['refresh'])
    assert.match(refreshed.stdout.toString(), /byway\.conf is written anew\n$/)
    assert.is((await check()).status, 0)
    assert.is((await ssh('mail')).stdout.toString(), 'in\n')

    assert.is((await runByway(home, ['ssh-config', '--uninstall'])).status, 0)
    assert.ok(readFileSync(config).equals(before))
    assert.equal(readdirSync(join(config, '..')), ['config'])
    await leavesNothing(home)
  })
}

installation(
  'many at once, to and fro: each file is whole, and nothing is lost',
  async (context) => {
    const home = new Home(EXECUTABLE)
    const config = writeConfig(home, context.sshd)
    const before = readFileSync(config, 'utf8')
    writeMachines(home, context.sshd, ['web'])
    const flags = Array.from({ length: 8 }, (_, i) => (i % 3 === 2 ? '--uninstall' : '--install'))
    const results = await Promise.all(flags.map((flag) => runByway(home, ['ssh-config', flag])))
    for (const { status, stderr } of results) assert.is(status, 0, stderr)
    await runByway(home, ['ssh-config', '--install'])
    const [first, ...rest] = readFileSync(config, 'utf8').split('\n')
    assert.match(String(first), 'Include ')
    assert.is(rest.join('\n'), before, 'one line, whoever came first')
    await runByway(home, ['ssh-config', '--uninstall'])
    assert.is(readFileSync(config, 'utf8'), before)
  },
)

installation('the sources of flags and environment are what ssh goes by', async ({ sshd }) => {
  const home = new Home(SCRIPT)
  const config = writeConfig(home, sshd)
  const peer = { host: '127.0.0.1', port: sshd.port }
  const inventory = JSON.stringify({ networks: { lan: { peers: { web: peer } } } })
  const env = { BYWAY_INVENTORY: home.writeFile('elsewhere.json', inventory) }
  const installed = await runByway(home, ['ssh-config', '--install'], { env })
  assert.is(installed.status, 0, installed.stderr)
  const argv = ['ssh', '-F', config, 'web', 'echo in']
  assert.is((await run(argv, { env: home.env })).stdout.toString(), 'in\n')
  assert.is((await runByway(home, ['ssh-config', '--check'])).status, 0)
})

installation(
  'a file that cannot be replaced is left alone, and the line for it named',
  async () => {
    const home = new Home(SCRIPT)
    home.writeInventory({ networks: { lan: { peers: { web: { host: '192.0.2.1' } } } } })
    // as home-manager makes it: a link into a store that nobody can write to
    const store = home.makeFolder('store')
    const file = home.writeFile('store/config', 'Host *\n')
    symlinkSync(file, join(home.makeFolder('.ssh'), 'config'))
    const settle = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    const inside = ['unshare', '--mount', 'sh', '-c', settle, store]
    const { status, stderr } = await runByway(home, ['ssh-config', '--install'], { inside })
    assert.is(status, 77, stderr)
    assert.match(stderr, /hint: put the line "Include .*" above its first Host line yourself/)
    assert.equal(readdirSync(store), ['config'])
  },
)

installation('flags that do not go together', async () => {
  const home = new Home(SCRIPT)
  for (const flags of [['--install', '--check'], ['--dry-run']]) {
    assert.is((await runByway(home, ['ssh-config', ...flags])).status, 64)
  }
  assert.not.ok(existsSync(join(home.folder, '.ssh')))
})

installation.run()

/** What a user may have: everything that the test's ssh needs, for all hosts. */
function writeConfig(home: Home, sshd: Sshd): string {
  const folder = join(home.folder, '.ssh')
  mkdirSync(folder, { mode: 0o700 })
  const config = join(folder, 'config')
  const known = home.writeFile(
    'known_hosts',
    ['web', 'mail'].map((name) => `${name} ${sshd.hostKeyLine}\n`).join(''),
  )
  const lines = [
    'Host *',
    `User ${sshd.user}`,
    `IdentityFile "${sshd.clientKey}"`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile "${known}"`,
    'StrictHostKeyChecking yes',
    'BatchMode yes',
    'LogLevel ERROR',
  ]
  writeFileSync(config, lines.join('\n'))
  chmodSync(config, 0o600)
  return config
}

function writeMachines(home: Home, { port }: Sshd, names: readonly string[]): void {
  const peers = Object.fromEntries(names.map((name) => [name, { host: '127.0.0.1', port }]))
  home.writeInventory({ networks: { lan: { peers } } })
}
