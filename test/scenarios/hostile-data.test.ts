import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { installProgram } from '../helpers/gateway.ts'
import { listen } from '../helpers/listen.ts'
import { run } from '../helpers/program.ts'
import { assertRefused, refuses } from '../helpers/refusal.ts'
import { FIXTURES, put, varPath } from '../vars/clan.ts'

const MACHINE = 'web'
const VAR = { machine: MACHINE, generator: 'tor_tor', file: 'hostname' }
/** A secret var of the fixtures, and its value. */
const TOKEN = { machine: 'heron', generator: 'demo-shared', file: 'token' }
const VALUE = 'shared-secret'

const test = suite('hostile data')

/** What somebody may have typed, or had typed, behind `ssh`. */
const NAMES = [
  '-oProxyCommand=touch pwned',
  '-J$(touch pwned)',
  '--config=pwned',
  'web;touch pwned',
  '$(touch pwned)',
  '`touch pwned`',
  'web\ntouch pwned',
  '\x1b]0;pwned\x07web',
  '\u202ebew',
  '../../web',
  '',
]

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: a machine’s name is data, whatever it is`, async () => {
    const home = new Home(artefact)
    home.writeInventory(inventoryOf({ host: '127.77.0.1', port: 1 }))
    for (const name of artefact === SCRIPT ? NAMES : NAMES.slice(0, 2)) {
      for (const command of ['connect', 'ssh']) {
        const result = await runByway(home, [command, '--', name])
        assert.ok([64, 68].includes(result.status ?? 0), `${command} ${JSON.stringify(name)}`)
        assertRefused(result, { status: result.status ?? 0, words: [] })
      }
    }
    assert.not.ok(readdirSync(home.folder).includes('pwned'))
  })
}

/** Values of a var that are no host: a name server, ssh or a program must not get to see them. */
const VALUES: Readonly<Record<string, string>> = {
  'a flag': '-oProxyCommand=touch pwned',
  'two words': '192.0.2.7 touch',
  'two lines': '192.0.2.7\nProxyCommand touch pwned',
  'an escape': '\x1b[2J192.0.2.7',
  'a turned word': '\u202e7.2.0.291',
}

for (const [name, value] of Object.entries(VALUES)) {
  test(`a var that is ${name}: 65, by direct, jump and command`, async () => {
    const home = new Home(SCRIPT)
    put(varPath(home.folder, 'value', VAR), `${value}\n`)
    installProgram(home, 'pwn', 'touch pwned')
    home.writeConfig({ networks: { c: { command: ['pwn', '{host}'], peers: peersAt(VAR) } } })
    const networks = { a: { peers: peersAt(VAR) }, b: { jump: 'gate', peers: peersAt(VAR) } }
    const file = home.writeFile('inventory.json', JSON.stringify({ networks }))
    const words = [/var "web\/tor_tor\/hostname" is not one word, or begins with a dash/]
    const refusal = { status: 65, words }
    await refuses(home, ['connect', '--inventory', file, MACHINE], refusal)
    assert.not.ok(existsSync(join(home.folder, 'pwned')))
  })
}

test('a secret host is in no message, table, log or JSON, though its route fails', async () => {
  const home = new Home(SCRIPT)
  const proxy = await listen((socket) => {
    socket.once('data', () =>
      socket.end(`HTTP/1.1 403 ${VALUE.toUpperCase()} is forbidden\r\n\r\n`),
    )
  })
  const env = { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys/user.txt') }
  const networks = {
    a: { peers: peersAt(TOKEN) },
    b: { socks: '127.0.0.1:1', peers: peersAt(TOKEN) },
    c: { jump: '127.0.0.1:1', peers: peersAt(TOKEN) },
    d: { http: `http://127.0.0.1:${proxy.port}`, peers: peersAt(TOKEN) },
  }
  home.writeInventory({ networks })
  home.writeConfig({ allowCommands: true })
  const flags = ['--flake', join(FIXTURES, 'clan-sops')]
  const inventory = ['--inventory', join(home.folder, 'config/byway/inventory.json')]
  for (const command of [
    ['connect', '-vv'],
    ['explain'],
    ['explain', '--json'],
    ['ping', '--all'],
    ['explain', '--last'],
    ['explain', '--last', '--json'],
  ]) {
    const args = [...command, '--timeout', '8', ...inventory, ...flags, MACHINE]
    const { stdout, stderr } = await runByway(home, args, { env })
    const said = `${stdout}${stderr}`
    assert.match(said, /\[secret\] is forbidden/, command.join(' '))
    assert.not.ok(said.toLowerCase().includes(VALUE), said)
  }
  for (const file of ['log', 'connects']) {
    const kept = readFileSync(join(home.folder, 'state/byway', file), 'utf8')
    assert.match(kept, /\[secret\] is forbidden/, file)
    assert.not.ok(kept.toLowerCase().includes(VALUE), kept)
  }
  proxy.stop()
})

test('an inventory has no secret var sent to whom it names, and none looked up', async () => {
  const home = new Home(SCRIPT)
  const heard: string[] = []
  const proxy = await listen((socket) => {
    socket.on('data', (bytes) => {
      heard.push(bytes.toString('latin1'))
      socket.write(Buffer.of(5, 0))
    })
  })
  const at = `127.0.0.1:${proxy.port}`
  const ways = [{}, { socks: at }, { http: `http://${at}` }, { jump: 'gate' }]
  const more = ['tor', 'iroh', 'wireguard'].map((technology) => ({ technology, socks: at }))
  const networks = [...ways, ...more].map((way, i) => [
    `n${i}`,
    { ...way, timeout: 3, peers: peersAt(TOKEN) },
  ])
  const file = home.writeFile(
    'inventory.json',
    JSON.stringify({ networks: Object.fromEntries(networks) }),
  )
  for (const program of ['ssh', 'dumbpipe']) {
    installProgram(home, program, `echo "$*" >> ${join(home.folder, 'told')}; exit 1`)
  }
  const env = { SOPS_AGE_KEY_FILE: join(FIXTURES, 'keys/user.txt') }
  const args = ['--inventory', file, '--flake', join(FIXTURES, 'clan-sops'), MACHINE]
  const { stderr } = await runByway(home, ['connect', '-vv', ...args], { env })
  assert.match(stderr, /var "heron\/demo-shared\/token" is a secret, and no address/)
  assert.not.match(stderr, /look up/)
  assert.not.ok(stderr.includes(VALUE), stderr)
  assert.not.ok(heard.join('').includes(VALUE), heard.join(''))
  assert.not.ok(existsSync(join(home.folder, 'told')))
  proxy.stop()
})

test('an inventory that wants the user’s keys or a pipe for a client key gets nothing', async () => {
  const folder = makeFolder()
  await run(['mkfifo', join(folder, 'pipe')])
  for (const file of [join(folder, 'pipe'), '/dev/zero', '/etc/passwd']) {
    const home = new Home(SCRIPT)
    const tor = {
      technology: 'tor',
      onionAuth: { [MACHINE]: { file } },
      peers: { [MACHINE]: { host: 'x' } },
    }
    home.writeInventory({ networks: { tor } })
    home.writeConfig({ daemons: { tor: { binary: 'false' } } })
    const { status, stderr } = await runByway(home, ['connect', '--timeout', '20', MACHINE])
    assert.ok([65, 66, 69].includes(status ?? 0), stderr)
    assert.not.match(stderr, /root:|bug in byway/)
  }
})

/** All else that reads the inventory; what ssh is told by them is for it to run. */
const OTHERS = [
  ['explain', MACHINE],
  ['ping', '--all', MACHINE],
  ['list', '--json'],
  ['status'],
  ['doctor'],
  ['ssh-config'],
  ['ssh-config', '--install'],
  ['known-hosts', MACHINE],
  ['up', 'evil'],
  ['refresh'],
]

test('a hostile inventory runs nothing by any command, in any way that it can ask for', async () => {
  const home = new Home(SCRIPT)
  const touch = 'touch pwned'
  const ways: object[] = [
    { command: ['touch', 'pwned'] },
    { daemon: { command: ['touch', 'pwned'] } },
    { technology: 'command' },
    ...['ProxyCommand', 'LocalCommand', 'KnownHostsCommand', 'Match', 'Include'].map((keyword) =>
      withOptions([`-o${keyword}=${touch}`]),
    ),
    withOptions(['-o', `ProxyCommand ${touch}`, '-oPermitLocalCommand=yes']),
    withOptions(['-oPKCS11Provider=/tmp/evil.so', '-I', '/tmp/evil.so', '-F', '/tmp/evil']),
    withOptions([`-oHostName=x;${touch};`]),
    withOptions(['-l', `$(${touch})`]),
    withOptions(['-J', `-oProxyCommand=${touch}`]),
    { jump: `-oProxyCommand=${touch}`, peers: peersAt('127.77.0.1') },
    { jump: `$(${touch})`, peers: peersAt('127.77.0.1') },
    { peers: peersAt(`-oProxyCommand=${touch}`) },
    { peers: peersAt(`web?ProxyCommand=${touch}`) },
  ]
  for (const way of ways) {
    home.writeInventory({ networks: { evil: { peers: peersAt('127.77.0.1'), ...way } } })
    for (const args of [
      ['connect', MACHINE],
      ['ssh', MACHINE, '--', 'true'],
    ]) {
      const { status } = await runByway(home, args)
      assert.ok([65, 69, 255].includes(status ?? 0), `${JSON.stringify(way)}: ${status}`)
    }
    for (const args of OTHERS) {
      const { status, stderr } = await runByway(home, args)
      assert.not.match(stderr, /bug in byway/, `${args.join(' ')}: ${JSON.stringify(way)}`)
      assert.ok(status !== 70 && status !== null, args.join(' '))
    }
    assert.not.ok(existsSync(join(home.folder, 'pwned')), JSON.stringify(way))
  }
})

test.run()

function inventoryOf(peer: object) {
  return { networks: { home: { peers: { [MACHINE]: peer } } } }
}

function peersAt(at: string | typeof VAR) {
  return { [MACHINE]: { host: typeof at === 'string' ? at : { var: at } } }
}

function withOptions(SSHOptions: readonly string[]) {
  return { peers: { [MACHINE]: { host: '127.77.0.1', SSHOptions } } }
}
