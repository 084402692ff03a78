import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { installProgram } from '../helpers/gateway.ts'
import { findByEnvironment, type ProcessEntry } from '../helpers/proc.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { startTinyproxy, type Tinyproxy } from '../helpers/tinyproxy.ts'
import { connectTo, makeToyHome } from '../helpers/toy-home.ts'
import { ToyVars } from '../helpers/toy-vars.ts'
import { until } from '../helpers/until.ts'

const TICKET = `endpoint${'a2'.repeat(40)}`
const PASSWORD = 'quokka-staple'

/** Everything that byway says something with. */
const COMMANDS = [
  ['connect', '-vv', MACHINE],
  ['connect', '-vv', `${MACHINE}x`],
  ['explain', MACHINE],
  ['explain', '--json', MACHINE],
  ['ping', '--all', MACHINE],
  ['list', '--json'],
  ['ssh-config'],
]

const test = suite<{ proxy: Tinyproxy }>('secrets of programs and proxies')

test.before(async (context) => {
  context.proxy = await startTinyproxy()
})

test.after(({ proxy }) => proxy.stop())

for (const artefact of ARTEFACTS) {
  for (const [program, script] of [
    ['tells its ticket', `echo "cannot connect to $2" >&2; echo "<$*>" >&2; exit 1`],
    ['works', "printf 'SSH-2.0-x\\r\\n'"],
  ] as const) {
    test(`${artefact.name}: a dumbpipe that ${program}: the ticket is shown nowhere`, async () => {
      const home = withTicket(artefact, script)
      await showsNowhere(home, TICKET)
    })
  }

  test(`${artefact.name}: a wrong password of a proxy is shown nowhere`, async ({ proxy }) => {
    const home = new Home(artefact)
    const http = `http://${proxy.user}:${PASSWORD}@127.0.0.1:${proxy.port}`
    home.writeInventory({
      networks: { office: { http, peers: { [MACHINE]: { host: '192.0.2.7' } } } },
    })
    await showsNowhere(home, PASSWORD)
    const { stderr } = await runByway(home, ['connect', MACHINE])
    assert.match(stderr, /it wants user and password, or others/)
    assert.match(stderr, /\nhint: write them into the network's "http"/)
  })

  test(`${artefact.name}: of all processes only dumbpipe is given the ticket`, async () => {
    const home = withTicket(artefact, "printf 'SSH-2.0-x\\r\\n'; exec cat")
    const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
    await until('cat has taken its place', () => home.live().some(isCat))
    const all = findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
    const told = all.filter(({ command, pid }) => {
      return command.includes(TICKET) || readFileSync(`/proc/${pid}/environ`).includes(TICKET)
    })
    assert.ok(all.length >= 2, 'another byway and its program')
    assert.equal(told, [], 'cat has taken dumbpipe’s place')
    socket.destroy()
  })
}

test('a ticket that is a secret var is for a program that the user names', async () => {
  const ticket = { machine: MACHINE, generator: 'iroh', file: 'ticket' }
  const toy = await makeToyHome(SCRIPT, {})
  const { home, clan } = toy
  await (await ToyVars.make(clan, home)).add('sops', ticket, TICKET)
  const networks = { iroh: { technology: 'iroh', peers: { [MACHINE]: { host: { var: ticket } } } } }
  const file = home.writeFile('inventory.json', JSON.stringify({ networks }))
  const command = ['dumbpipe', 'connect', '{host}']
  const iroh = { technology: 'command', command }
  home.writeConfig({ flake: clan.folder, inventory: [file], networks: { iroh } })
  installProgram(home, 'dumbpipe', `[ "$*" = 'connect ${TICKET}' ] && printf 'SSH-2.0-x\\r\\n'`)
  const { stdout, stderr } = await connectTo(toy, MACHINE)
  assert.is(stdout.toString(), 'SSH-2.0-x\r\n', stderr)
})

test.run()

function isCat({ command }: ProcessEntry): boolean {
  return command === 'cat'
}

function withTicket(artefact: Artefact, script: string): Home {
  const home = new Home(artefact)
  const peers = { [MACHINE]: { host: TICKET } }
  home.writeInventory({ networks: { p2p: { technology: 'iroh', peers } } })
  installProgram(home, 'dumbpipe', script)
  return home
}

/** Fails when anything that byway says or keeps holds the text. */
async function showsNowhere(home: Home, secret: string): Promise<void> {
  for (const args of COMMANDS) {
    const { stdout, stderr } = await runByway(home, args)
    assert.not.ok(`${stdout}${stderr}`.includes(secret), `byway ${args.join(' ')}: ${stderr}`)
  }
  for (const folder of ['cache', 'state', 'run', 'tmp']) {
    const names = readdirSync(join(home.folder, folder), { recursive: true, withFileTypes: true })
    for (const entry of names.filter((one) => one.isFile())) {
      const file = join(entry.parentPath, entry.name)
      assert.not.ok(readFileSync(file).includes(secret), file)
    }
  }
}
