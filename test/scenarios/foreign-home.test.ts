import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway } from '../helpers/byway.ts'
import { listen } from '../helpers/listen.ts'
import { TwoUsers } from '../helpers/two-users.ts'

const MACHINE = 'web'
/** As where nothing is set: folders below the home, no folder for sockets. */
const UNSET = { XDG_CACHE_HOME: '', XDG_STATE_HOME: '', XDG_RUNTIME_DIR: '' }

const test = suite('root in the home of another user, as under sudo -E')

test('a login works, and makes nothing in it', async () => {
  const server = await listen((socket) => socket.end('SSH-2.0-there\r\n'))
  const { home } = makeUsers(server.port)
  const before = readdirSync(home.folder)
  const result = await runByway(home, ['connect', '-v', MACHINE], { env: UNSET, input: '' })
  assert.is(result.stdout.toString(), 'SSH-2.0-there\r\n', result.stderr)
  const { uid } = statSync(home.folder)
  const fault = `${home.folder} belongs to user ${uid}: nothing is made in it`
  assert.is(result.stderr.split(fault).length, 2, result.stderr)
  assert.is((await runByway(home, ['connect', 'nothing'], { env: UNSET })).status, 68)
  assert.equal(readdirSync(home.folder), before)
  server.stop()
})

test('no daemon is started: it says why, and what to do', async () => {
  const { home } = makeUsers(1)
  const before = readdirSync(home.folder)
  const { stderr, status } = await runByway(home, ['up', 'work'], { env: UNSET })
  assert.is(status, 77)
  assert.match(stderr, `no folder for sockets: ${home.folder} belongs to user`)
  assert.match(stderr, 'hint: use a home of your own, as "sudo -H" does')
  const env = { ...UNSET, XDG_RUNTIME_DIR: '/run/byway-test-none' }
  const { stdout } = await runByway(home, ['list', '--json'], { env })
  assert.match(JSON.parse(stdout.toString()).networks[1].detail, 'no folder for sockets')
  assert.equal(readdirSync(home.folder), before)
})

test('nor with a folder for sockets: its data would be there', async () => {
  const users = makeUsers(1)
  const run = join(users.shared, 'run')
  mkdirSync(run, { mode: 0o700 })
  const before = readdirSync(users.home.folder)
  const env = { ...UNSET, XDG_RUNTIME_DIR: run }
  const { stderr, status } = await runByway(users.home, ['up', 'work'], { env })
  assert.is(status, 69)
  assert.match(stderr, `work could not be started: ${users.home.folder} belongs to user`)
  assert.equal(readdirSync(users.home.folder), before)
})

test('byway doctor says so to root, and to the user what root has made before', async () => {
  const users = makeUsers(1)
  const { folder } = users.home
  const asRoot = await runByway(users.home, ['doctor'], { env: UNSET })
  assert.match(asRoot.stdout.toString(), `${folder} belongs to another user: nothing is kept in it`)
  assert.not.match(asRoot.stdout.toString(), 'chown')
  for (const name of ['.cache', '.local', '.local/state', 'config/byway']) {
    const path = join(folder, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chownSync(path, 0, 0)
    chmodSync(path, 0o700)
  }
  const said = (await users.byway(['doctor'], UNSET)).stdout.toString()
  for (const name of ['.cache', '.local', 'config/byway']) {
    const path = join(folder, name)
    assert.match(said, `${path} belongs to another user\n`)
    assert.match(said, `mend: sudo chown -R $USER ${path}\n`)
  }
  chmodSync(join(folder, 'config/byway'), 0o755)
  const deployed = (await users.byway(['doctor'], UNSET)).stdout.toString()
  assert.not.match(deployed, `${folder}/config/byway belongs to another user`, 'it is only read')
})

test.run()

/** A home with a machine at a port of loopback, and a network whose daemon byway would start. */
function makeUsers(port: number): TwoUsers {
  const users = new TwoUsers()
  const daemon = { command: ['sleep', '60'], socks: '127.0.0.1:1', linger: 1 }
  users.home.writeInventory({
    networks: {
      internet: { peers: { [MACHINE]: { host: '127.0.0.1', port } } },
      work: { technology: 'socks', peers: { other: { host: 'localhost' } } },
    },
  })
  const config = users.home.writeConfig({ networks: { work: { daemon } } })
  users.giveHome()
  // byway refuses one that is another user's
  chownSync(config, 0, 0)
  chmodSync(config, 0o644)
  return users
}
