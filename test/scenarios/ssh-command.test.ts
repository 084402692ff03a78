import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BywayOptions, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'

const MACHINE = 'web01'

const test = suite('byway ssh, the words for ssh')

/** What ssh makes of them (ssh -G), by keyword; the user of the tests has a ControlPath. */
async function ask(home: Home, args: readonly string[], options: BywayOptions = {}) {
  const { stdout, stderr, status } = await runByway(home, ['ssh', ...args], options)
  assert.is(status, 0, stderr)
  const lines = stdout.toString().trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.split(/ (.*)/s, 2)))
}

function makeHome(peer: object): Home {
  const home = new Home(SCRIPT)
  const networks = { only: { peers: { [MACHINE]: { host: '127.77.0.1', ...peer } } } }
  home.writeInventory({ networks })
  const config = home.writeFile('ssh-config', 'Host *\n  ControlPath /tmp/cm-%h\n')
  // ssh goes by the user database, whatever $HOME is
  installProgram(home, 'ssh', `PATH=\${PATH#*:} exec ssh -F '${config}' "$@"`)
  return home
}

const PEER = { user: 'deploy', SSHOptions: ['-oStrictHostKeyChecking=no', '-p', '2222'] }

test('the inventory’s options, where nothing else is said', async () => {
  const found = await ask(makeHome(PEER), [MACHINE, '--', '-G'])
  const { user, port, stricthostkeychecking, controlpath } = found
  assert.equal([user, port, stricthostkeychecking], ['deploy', '2222', 'false'])
  assert.is(controlpath, `/tmp/cm-${MACHINE}`)
})

test('what is typed goes before them, and nothing before what byway is', async () => {
  const typed = ['-G', '-l', 'root', '-oStrictHostKeyChecking=yes', '-p22', '-oProxyCommand=none']
  const found = await ask(makeHome(PEER), [MACHINE, '--', ...typed])
  assert.equal([found.user, found.port, found.stricthostkeychecking], ['root', '22', 'true'])
  assert.match(found.proxycommand, / connect /)
})

test('letters of which the last counts to ssh, too', async () => {
  const home = makeHome({ SSHOptions: ['-x', '-a', '-T', '-q', '-c', 'aes256-ctr'] })
  const given = await ask(home, [MACHINE, '--', '-G'])
  assert.equal([given.forwardx11, given.ciphers, given.loglevel], ['no', 'aes256-ctr', 'SILENT'])
  const typed = ['-G', '-X', '-A', '-t', '-v', '-c', 'aes128-ctr']
  const found = await ask(home, [MACHINE, '--', ...typed])
  assert.equal(
    [found.forwardx11, found.forwardagent, found.requesttty, found.ciphers, found.loglevel],
    ['yes', 'yes', 'true', 'aes128-ctr', 'DEBUG'],
  )
})

test('a letter that no line of a configuration stands for', async () => {
  const found = await ask(makeHome({ SSHOptions: ['-NC'] }), [MACHINE, '--', '-G'])
  assert.equal([found.sessiontype, found.compression], ['none', 'yes'])
})

test('a command is one, and options behind it are its own', async () => {
  const home = makeHome(PEER)
  installProgram(home, 'ssh', 'printf "%s\\n" "$@"')
  const typed = ['-v', '-o', 'LogLevel=DEBUG', 'ls', '-l', 'root']
  const { stdout } = await runByway(home, ['ssh', MACHINE, '--', ...typed])
  const words = stdout.toString().trim().split('\n')
  assert.equal(words.slice(words.indexOf(MACHINE)), [MACHINE, 'ls', '-l', 'root'])
  assert.ok(words.indexOf('LogLevel=DEBUG') < words.indexOf('-l'))
})

for (const [name, sourceOf] of [
  ['a flag', (file) => ({ flags: ['--inventory', file], env: {} })],
  ['a variable', (file) => ({ flags: [], env: { BYWAY_INVENTORY: file } })],
] as const satisfies readonly (readonly [string, (file: string) => object])[]) {
  test(`a source that ${name} names: no connection of another source’s is used`, async () => {
    const home = makeHome({})
    const { flags, env } = sourceOf(home.writeFile('other.json', JSON.stringify(INVENTORY)))
    const found = await ask(home, [...flags, MACHINE, '--', '-G'], { env })
    assert.is(found.controlpath, undefined)
    const own = await ask(home, [...flags, MACHINE, '--', '-G', '-S', '/tmp/own'], { env })
    assert.is(own.controlpath, '/tmp/own', 'but one that is typed')
  })
}

test('an installer: no connection to another installer is used', async () => {
  const home = makeHome({})
  const file = home.writeFile('qr.json', JSON.stringify({ addrs: ['127.77.0.1'] }))
  const found = await ask(home, ['--json', file, '--', '-G', '-l', 'nixos'])
  assert.equal([found.controlpath, found.user], [undefined, 'nixos'])
})

const INVENTORY = { networks: { only: { peers: { [MACHINE]: { host: '127.77.0.2' } } } } }

test.run()
