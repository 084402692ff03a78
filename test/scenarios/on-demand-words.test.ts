import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import {
  connectOnce,
  isKeeper,
  leavesNothing,
  makeInside,
  makeProxied,
  NETWORK,
  processesOf,
} from '../helpers/on-demand-home.ts'
import { run } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'

const test = suite<{ sshd: Sshd }>('daemons on demand: words')

test.before(async (context) => {
  context.sshd = await startSshd()
})

test.after(({ sshd }) => sshd.stop())

test('up of a network that nothing is said of', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  home.writeConfig({ networks: { [NETWORK]: { socks: '127.0.0.1:1' } } })
  const { status, stderr } = await runByway(home, ['up', NETWORK])
  assert.is(status, 69)
  assert.match(stderr, 'the configuration does not say how byway starts socks')
})

test('its program is missing, or ends at once: the words say so', async ({ sshd }) => {
  const missing = await makeProxied(sshd, { command: ['no-such-program'] })
  const none = await runByway(missing, ['connect', MACHINE])
  assert.match(none.stderr, 'it cannot be started here: no program "no-such-program"')
  const command = ['sh', '-c', 'echo "$GREETING" >&2; exit 3']
  const failing = await makeProxied(sshd, { command, env: { GREETING: 'no licence' } })
  for (const from of ['the files', 'the cache']) {
    const { status, stderr } = await runByway(failing, ['connect', MACHINE])
    assert.is(status, 69)
    assert.match(stderr, 'work ended (status 3): no licence', from)
  }
  const { stdout } = await run(['grep', '-rlF', 'no licence', join(failing.folder, 'cache')])
  assert.is(stdout.toString(), '', 'an environment may hold secrets: it is in no cache')
  await leavesNothing(failing)
})

test('explain: startable, and not started, as another network wins', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const { port, user } = sshd
  const near = { priority: 1, peers: { [MACHINE]: { host: '127.0.0.1', port, user } } }
  const work = { technology: 'socks', peers: { [MACHINE]: { host: 'localhost', port, user } } }
  home.writeInventory({ networks: { near, [NETWORK]: work } })
  const { stdout } = await runByway(home, ['explain', '--json', MACHINE])
  const { winner, routes } = JSON.parse(stdout.toString())
  assert.is(winner, 'near')
  assert.is(routes[0].reason, 'not ready in time: startable: byway can start ssh')
  assert.equal(processesOf(home), [])
})

test('an overlay says all that it lacks', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const peers = { [MACHINE]: { host: '10.9.0.2' } }
  const config = { file: join(home.folder, 'vpn.conf') }
  home.writeInventory({ networks: { vpn: { technology: 'wireguard', peers } } })
  home.writeConfig({ networks: { vpn: { daemon: { config, namespace: false } } } })
  const { stdout } = await runByway(home, ['list', '--json'])
  const [{ state, detail }] = JSON.parse(stdout.toString()).networks
  assert.is(state, 'absent')
  assert.match(detail, /^it cannot be started here: no program "wireproxy"$/)
})

const LOGIN = 'https://login.example.net/a/1f2e3d4c5b6a'
/** In place of tailscaled, and of tailscale: its words where there is no key, with an escape. */
const WAIT = 'exec tail -f /dev/null'
const TAILSCALED = `touch "\${2#--socket=}"; ${WAIT}`
const TAILSCALE = `printf '\\nTo authenticate, visit:\\n\\n\\t%s\\033[2J\\n\\n' ${LOGIN} >&2; ${WAIT}`

/** A home in which tailscale waits for a login. */
function makeTailnet(): Home {
  const home = new Home(EXECUTABLE)
  for (const [name, script] of Object.entries({ tailscaled: TAILSCALED, tailscale: TAILSCALE })) {
    chmodSync(home.writeFile(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755)
  }
  const peers = { [MACHINE]: { host: 'web01' } }
  home.writeInventory({ networks: { tailnet: { technology: 'tailscale', peers } } })
  home.writeConfig({ networks: { tailnet: { daemon: { linger: 1 } } } })
  return home
}

test('tailscale without a key: where to log in is shown at once, and is why a connect failed', async () => {
  const home = makeTailnet()
  const words = `75 %: To authenticate, visit: ${LOGIN}\\x1b[2J`
  const up = startByway(home, ['up', 'tailnet'])
  await up.says(`byway: tailnet ${words}\n`, 'stderr')
  const { status, stderr } = await runByway(home, ['connect', '--timeout', '1', MACHINE])
  assert.is(status, 69)
  assert.ok(stderr.includes(`not ready in time: ${words}`), stderr)
  up.kill()
  await up.result
  await leavesNothing(home)
})

test('an inventory may not say what is to be started', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  rmSync(join(home.folder, 'config/byway/config.json'))
  const daemon = { command: ['true'] }
  home.writeInventory({ networks: { [NETWORK]: { daemon, peers: { [MACHINE]: 'x' } } } })
  const { status, stderr } = await runByway(home, ['connect', MACHINE])
  assert.is(status, 65)
  assert.match(stderr, 'networks.work.daemon: found a program to run')
})

test('one that is named is listed and ended, though another cannot be looked for', async ({
  sshd,
}) => {
  const home = await makeProxied(sshd, { linger: 60 })
  await connectOnce(home)
  home.writeFile('run/byway/tor', '')
  const { stdout } = await runByway(home, ['daemon', 'list', NETWORK])
  assert.match(stdout.toString(), /^work +ready /m)
  const { status, stderr } = await runByway(home, ['daemon', 'stop', NETWORK])
  assert.equal([status, stderr], [0, ''])
  await leavesNothing(home)
})

test('its configuration changes: the former one ends, or is said to be in use', async () => {
  const home = makeInside({ linger: 60 })
  const keeperOf = () =>
    processesOf(home)
      .filter(isKeeper)
      .map(({ pid }) => pid)
  assert.is((await runByway(home, ['up', NETWORK])).status, 0)
  const former = keeperOf()
  const file = join(home.folder, 'config/byway/config.json')
  const change = (text: string) =>
    home.writeConfig(JSON.parse(readFileSync(file, 'utf8').replace(/"linger": \d+/, text)))
  change('"linger": 61')
  const { stderr, status } = await runByway(home, ['connect', MACHINE], { input: '' })
  assert.is(status, 69)
  assert.match(stderr, `the daemon of "${NETWORK}" runs as it was configured before, and is in use`)
  assert.match(stderr, `hint: byway daemon stop ${NETWORK}`)
  assert.equal(keeperOf(), former)
  change('"linger": 60')
  await runByway(home, ['down', NETWORK])
  await connectOnce(home)
  const lingering = keeperOf()
  change('"linger": 1')
  await connectOnce(home)
  assert.is(keeperOf().length, 1)
  assert.not.equal(keeperOf(), lingering)
  await leavesNothing(home)
})

test.run()
