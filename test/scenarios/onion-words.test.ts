import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'
import { listen } from '../helpers/listen.ts'
import { inventOnion, SPELLINGS } from '../helpers/onion-names.ts'
import { run } from '../helpers/program.ts'
import { put, varPath } from '../vars/clan.ts'

const MACHINE = 'web'
const VAR = { machine: MACHINE, generator: 'tor_tor', file: 'hostname' }
/** A proxy that nobody listens as. */
const REFUSING = '127.77.0.1:1'
const BODY = inventOnion().replace('.onion', '')

const LINES: readonly (readonly string[])[] = [
  ['connect', '-vv', MACHINE],
  ['explain', MACHINE],
  ['explain', '--json', MACHINE],
  ['ping', '--all', MACHINE],
  ['list', '--json'],
]

const test = suite('onion names in words')

test('however it is spelt, neither byway nor a program that it starts says it', async () => {
  const names = Object.values(SPELLINGS).map((spell) => spell(BODY).trim())
  const plain = names.filter((name) => !/[\s\u00ad]/.test(name))
  const vars = names.map((_, i) => ({ var: { ...VAR, file: `hostname${i}` } }))
  const ways = [{}, { jump: 'gate.invalid' }, { socks: REFUSING }, { http: `http://${REFUSING}` }]
  const home = settle([
    ...ways.map((way) => ({ ...way, peers: { [MACHINE]: { hosts: vars } } })),
    { jump: 'gate.invalid', timeout: 2, peers: { [MACHINE]: { hosts: plain } } },
  ])
  for (const [i, name] of names.entries()) {
    put(varPath(home.folder, 'value', { ...VAR, file: `hostname${i}` }), `${name}\n`)
  }
  await saysNothing(home)
})

for (const jump of [`me@${BODY}.onion`, `gate.invalid,${BODY}.onion:22`, `${BODY}\u3002onion`]) {
  test(`a jump host is one: ${jump.replace(BODY, '…')}`, async () => {
    const home = settle([{ jump, peers: { [MACHINE]: { host: '192.0.2.1' } } }])
    const { stderr } = await runByway(home, ['connect', MACHINE])
    assert.match(stderr, 'a jump host is an onion name, which tor alone reaches')
    await saysNothing(home)
  })
}

test('an option for ssh has one', async () => {
  const server = await listen((socket) => socket.end('SSH-2.0-x\r\n'))
  const SSHOptions = [`-oHostKeyAlias=${BODY}.onion`]
  const home = new Home(SCRIPT)
  const peer = { host: '127.0.0.1', port: server.port, SSHOptions }
  home.writeInventory({ networks: { a: { peers: { [MACHINE]: peer } } } })
  const { stderr } = await runByway(home, ['connect', '-v', MACHINE], { input: '' })
  assert.match(stderr, `SSHOptions -oHostKeyAlias=${BODY.slice(0, 6)}….onion`)
  server.stop()
})

for (const [name, terminal] of [
  ['a line now and then', false],
  ['in place, on a terminal', true],
] as const) {
  test(`a flake’s reference has one, shown in progress: ${name}`, async () => {
    const home = new Home(EXECUTABLE)
    installProgram(home, 'nix', 'echo "error: no such host" >&2; exit 1')
    const line = ['list', '--flake', `git+http://${BODY}.onion/clan`]
    const { stdout, stderr } = terminal
      ? await runOnTerminal(home, line)
      : await runByway(home, line)
    const said = `${stdout}${stderr}`
    const label = `flake "git+http://${BODY.slice(0, 6)}….onion/clan"`
    assert.match(said, `byway: evaluating ${label} (0 s)`)
    assert.match(said, `byway: ${label}: nix: no such host`)
    assert.not.ok(said.includes(BODY.slice(8)), said)
  })
}

test.run()

function runOnTerminal(home: Home, line: readonly string[]) {
  const command = `stty columns 120; ${[home.artefact.file, ...line].join(' ')}`
  const argv = ['script', '--quiet', '--flush', '--command', command, home.newPath()]
  return run(argv, { env: home.env, cwd: home.folder })
}

/** A home whose machine is in these networks, with an ssh that notes what it is told, and no tor. */
function settle(networks: readonly object[]): Home {
  const home = new Home(SCRIPT)
  home.writeConfig({ daemons: { tor: { binary: 'false' } } })
  const named = Object.fromEntries(networks.map((network, i) => [`n${i}`, network]))
  const inventory = JSON.stringify({ networks: named })
  Object.assign(home.env, { BYWAY_INVENTORY: home.writeFile('inventory.json', inventory) })
  installProgram(home, 'ssh', `echo "$*" >> ${join(home.folder, 'told')}; exit 255`)
  return home
}

async function saysNothing(home: Home): Promise<void> {
  const secret = BODY.slice(8).toLowerCase()
  for (const line of LINES) {
    const { status, stdout, stderr } = await runByway(home, [...line], { input: '' })
    const said = `${stdout}${stderr}`
    assert.not.ok(said.toLowerCase().includes(secret), `${line.join(' ')}: ${said}`)
    assert.is(status, line[0] === 'list' ? 0 : 69, said)
  }
  for (const file of ['told', 'state/byway/log'].map((name) => join(home.folder, name))) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    assert.not.ok(text.toLowerCase().includes(secret), `${file}: ${text}`)
  }
}
