import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../helpers/listen.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import { TwoUsers } from '../helpers/two-users.ts'
import { until } from '../helpers/until.ts'

const MACHINE = 'web'
const PASSWORD = 'quokka-staple-battery'

/** Connects to each socket that it is given, and says what comes of that. */
const KNOCK = `const { connect } = require('net')
for (const path of process.argv.slice(1)) {
  connect(path).on('connect', () => { console.log('IN', path); process.exit() })
    .on('error', (error) => console.log(error.code, path))
}`

const test = suite('another user of the same computer')

for (const place of ['XDG_RUNTIME_DIR', 'the temporary folder'] as const) {
  test(`cannot get at the sockets of a daemon in ${place}`, async () => {
    const users = new TwoUsers()
    const below = place === 'XDG_RUNTIME_DIR' ? users.home.env['XDG_RUNTIME_DIR'] : users.shared
    const own = place === 'XDG_RUNTIME_DIR' ? {} : { XDG_RUNTIME_DIR: '', TMPDIR: users.shared }
    users.home.writeInventory({
      networks: { tor: { technology: 'tor', peers: { [MACHINE]: { host: inventOnion() } } } },
    })
    users.home.writeConfig({ daemons: { tor: { linger: 1 } } })
    users.giveHome()
    const byway = users.startByway(['connect', '--timeout', '60', MACHINE], own)
    let sockets: string[] = []
    const areThere = () => {
      sockets = socketsBelow(below ?? '')
      return sockets.length >= 3
    }
    await until('sockets', areThere, 60_000)
    for (const folder of foldersAbove(sockets, below ?? '')) {
      assert.is(statSync(folder).mode & 0o077, 0, folder)
    }
    const { stdout } = await users.other(`node -e "${KNOCK}" ${sockets.join(' ')}`)
    const said = stdout.toString().trim().split('\n')
    assert.is(said.length, sockets.length)
    assert.ok(
      said.every((line) => line.startsWith('EACCES ')),
      stdout.toString(),
    )
    byway.kill()
    await users.byway(['daemon', 'stop'], own)
  })
}

test('reads neither what is kept nor what a process holds, and no secret in a command line', async () => {
  const users = new TwoUsers()
  // only what byway makes is to keep the other one out
  for (const name of ['', 'cache', 'state', 'run']) chmodSync(join(users.home.folder, name), 0o755)
  const server = await listen(() => {})
  const socks = `socks5h://me:${PASSWORD}@127.0.0.1:${server.port}`
  users.home.writeInventory({ networks: { a: { socks, peers: { [MACHINE]: { host: 'x' } } } } })
  users.giveHome()
  const byway = users.startByway(['connect', '-v', MACHINE], { SOPS_AGE_KEY: PASSWORD })
  await until('a connection', () => server.connections > 0)
  const pids = [byway.pid]
  const looks = pids.flatMap((pid) =>
    ['environ', 'mem', 'maps'].map((file) => `/proc/${pid}/${file}`),
  )
  await users.byway(['connect', '--timeout', '1', MACHINE])
  const made = ['cache', 'state'].map((name) => join(users.home.folder, name, 'byway'))
  const kept = [...made, ...made.flatMap(entriesOf)]
  assert.ok(kept.length >= 5, kept.join(' '))
  for (const path of kept) assert.is(statSync(path).mode & 0o077, 0, path)
  assert.is((await users.other(`ls ${users.home.folder}/cache`)).stdout.toString(), 'byway\n')
  for (const path of [...looks, ...kept]) {
    const { status, stdout } = await users.other(
      `cat ${path} 2>/dev/null || ls -A ${path}/ 2>/dev/null`,
    )
    assert.ok(status !== 0 && stdout.length === 0, path)
  }
  const { stdout } = await users.other('cat /proc/[0-9]*/cmdline 2>/dev/null')
  assert.ok(stdout.includes(MACHINE), 'command lines are for all to read')
  assert.not.ok(stdout.includes(PASSWORD))
  byway.kill()
  server.stop()
})

/** What the other user puts in the place of the cache's folder; EVIL is a cache that leads elsewhere. */
const PLANTS: Readonly<Record<string, string>> = {
  'a folder for all with a pipe in it': 'mkdir -m 777 byway && mkfifo -m 666 byway/NAME',
  'a folder for all with a cache in it': 'mkdir -m 777 byway && cp EVIL byway/NAME',
  'a link to a folder with a cache in it': 'mkdir own && cp EVIL own/NAME && ln -s own byway',
  'a folder for all with a cache of the user’s own in it':
    'mkdir -m 777 byway && touch byway/STOLEN',
}

for (const [name, plant] of Object.entries(PLANTS)) {
  test(`plants no cache: ${name}`, async () => {
    const users = new TwoUsers()
    const { home, shared } = users
    const env = { XDG_CACHE_HOME: shared }
    const evil = join(shared, 'evil.json')
    writeFileSync(evil, JSON.stringify(at('127.66.6.6')))
    home.writeInventory(at('127.77.0.1'))
    users.giveHome()
    await users.byway(['connect', MACHINE], env)
    const [cached = ''] = readdirSync(join(shared, 'byway'))
    rmSync(join(shared, 'byway'), { recursive: true })
    await users.byway(['connect', '--inventory', evil, MACHINE], env)
    const [stolen = ''] = readdirSync(join(shared, 'byway'))
    renameSync(join(shared, 'byway', stolen), join(shared, 'evil'))
    rmSync(join(shared, 'byway'), { recursive: true })
    copyFileSync(join(shared, 'evil'), join(shared, 'readable'))
    chmodSync(join(shared, 'readable'), 0o644)
    const script = plant.replace('EVIL', 'readable').replace('NAME', cached)
    assert.is((await users.other(script)).status, 0)
    const prize = join(shared, 'byway/STOLEN')
    if (existsSync(prize)) renameSync(join(shared, 'evil'), join(shared, 'byway', cached))
    const { status, stderr } = await users.byway(['connect', '-v', MACHINE], env)
    assert.is(status, 69, stderr)
    assert.match(stderr, /byway: cache ".*" ignored: .* is not this user's alone/)
    assert.match(stderr, /dial 127\.77\.0\.1:1/)
    assert.not.match(stderr, /127\.66\.6\.6/)
  })
}

test('leaves no note that leads byway into a folder of the user’s', async () => {
  const users = new TwoUsers()
  const ssh = join(users.home.folder, '.ssh')
  mkdirSync(join(ssh, 'tor'), { recursive: true, mode: 0o700 })
  writeFileSync(join(ssh, 'tor/id_ed25519'), 'precious')
  users.giveHome()
  const note = await users.other(
    `mkdir -m 777 byway && printf %s ${ssh} > byway/runtime-folder.1 && chmod 644 byway/*`,
  )
  assert.is(note.status, 0)
  const env = { XDG_STATE_HOME: users.shared, XDG_RUNTIME_DIR: '' }
  const { status, stderr } = await users.byway(['daemon', 'list'], env)
  assert.is(status, 77, stderr)
  assert.match(stderr, /no folder for sockets: others may write in .*\nhint: set XDG_RUNTIME_DIR/)
  assert.equal(readdirSync(join(ssh, 'tor')), ['id_ed25519'])
  assert.is(readFileSync(join(ssh, 'tor/id_ed25519'), 'utf8'), 'precious')
})

test.run()

function at(host: string) {
  return { networks: { home: { peers: { [MACHINE]: { host, port: 1 } } } } }
}

function entriesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name),
  )
}

/** None where a folder goes while it is looked through. */
function socketsBelow(folder: string): string[] {
  try {
    const isSocket = (path: string) =>
      statSync(path, { throwIfNoEntry: false })?.isSocket() === true
    return entriesOf(folder).filter(isSocket)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The folders between, which are byway's own. */
function foldersAbove(sockets: readonly string[], top: string): string[] {
  const folders = new Set<string>()
  for (const path of sockets) {
    for (let at = dirname(path); at !== top; at = dirname(at)) folders.add(at)
  }
  return [...folders]
}
