import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway, startByway } from '../helpers/byway.ts'
import { startDynamicForward } from '../helpers/dynamic-forward.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import {
  BANNER,
  connectOnce,
  isKeeper,
  leavesNothing,
  makeInside,
  makeProxied,
  NETWORK,
  olderBy,
  processesOf,
  staysForStream,
} from '../helpers/on-demand-home.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { readAll } from '../helpers/streams.ts'
import { until } from '../helpers/until.ts'

const test = suite<{ sshd: Sshd }>('daemons on demand')

test.before(async (context) => {
  context.sshd = await startSshd()
})

test.after(({ sshd }) => sshd.stop())

test('through its SOCKS5 proxy: startable, a login both ways, nothing is left', async ({
  sshd,
}) => {
  const home = await makeProxied(sshd)
  const { stdout } = await runByway(home, ['list', '--json'])
  const [{ state, detail }] = JSON.parse(stdout.toString()).networks
  assert.equal([state, detail], ['startable', 'byway can start ssh'])
  for (const mode of ['relay', 'fdpass'] as const) {
    const ssh = new SshClient({ home, sshd, include: SNIPPETS[mode] })
    const result = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.is(result.stdout.toString(), 'in\n', result.stderr)
  }
  await leavesNothing(home)
})

test('through its SOCKS5 proxy, fd-passed: it stays as long as the session', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const session = new SshClient({ home, sshd, include: SNIPPETS.fdpass }).start([MACHINE, 'cat'])
  await staysForStream(home)
  session.child.stdin.end('still there\n')
  assert.is((await session.result).stdout.toString(), 'still there\n')
  await leavesNothing(home)
})

for (const run of ['', '/elsewhere/run.x']) {
  test(`started within another program’s family${run && ' and run'}: it does not end with them`, async () => {
    const home = makeInside({ linger: 3 })
    const command = [
      'env',
      ...(run === '' ? [] : [`BYWAY_RUN=${run}`]),
      'byway',
      'connect',
      MACHINE,
    ]
    const config = JSON.parse(readFileSync(join(home.folder, 'config/byway/config.json'), 'utf8'))
    const outer = { command, peers: { via: { host: 'x' } } }
    home.writeConfig({ networks: { ...config.networks, outer } })
    // it ends the program as soon as that has spoken
    const { status, stderr } = await runByway(home, ['ping', 'via'])
    assert.is(status, 0, stderr)
    const keepers = processesOf(home).filter(isKeeper)
    assert.is(keepers.length, 1, 'it lingers')
    for (const { pid } of keepers) {
      assert.not.match(readFileSync(`/proc/${pid}/environ`, 'utf8'), 'BYWAY_RUN')
    }
    await connectOnce(home)
    assert.equal(
      processesOf(home)
        .filter(isKeeper)
        .map(({ pid }) => pid),
      keepers.map(({ pid }) => pid),
    )
    await leavesNothing(home)
  })
}

test('through its SOCKS5 proxy at a socket of its run', async ({ sshd }) => {
  const socks = 'unix:{folder}/socks'
  const script = 'exec socat UNIX-LISTEN:$0/socks,fork TCP:127.0.0.1:$1'
  const forward = await startDynamicForward(sshd)
  const port = forward.address.split(':')[1] ?? ''
  const command = ['sh', '-c', script, '{folder}', port]
  const home = await makeProxied(sshd, { command, socks })
  await connectOnce(home)
  await leavesNothing(home)
  forward.stop()
})

test('in a namespace: relayed', async () => {
  const home = makeInside()
  const result = await runByway(home, ['connect', MACHINE], { input: 'back\n' })
  assert.is(result.stdout.toString(), `${BANNER}back\n`, result.stderr)
  await leavesNothing(home)
})

test('in a namespace: fd-passed, not a byte of the banner is lost, and it stays', async () => {
  const home = makeInside()
  const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
  await staysForStream(home)
  socket.end('back\n')
  assert.is((await readAll(socket)).toString(), `${BANNER}back\n`)
  await leavesNothing(home)
})

test('in a namespace: where nobody listens', async () => {
  const home = makeInside()
  const { status, stderr } = await runByway(home, ['connect', MACHINE, '7023'])
  assert.is(status, 69)
  assert.match(stderr, 'dial 127.0.0.1:7023: connection refused')
  await leavesNothing(home)
})

for (const [what, make] of [
  ['a proxy', ({ sshd }: { sshd: Sshd }) => makeProxied(sshd, { linger: 60 })],
  ['a namespace', () => Promise.resolve(makeInside({ linger: 60 }))],
] as const) {
  test(`${what}: kill -9 of its keeper ends all of it, and the next connect works`, async (context) => {
    const home = await make(context)
    await connectOnce(home)
    for (const { pid } of processesOf(home).filter(isKeeper)) process.kill(pid, 'SIGKILL')
    await until('all of it is gone', () => processesOf(home).length === 0)
    await connectOnce(home)
    assert.is((await runByway(home, ['daemon', 'stop', NETWORK])).status, 0)
    await leavesNothing(home)
  })
}

test('up holds it, down lets it go', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  const up = await runByway(home, ['up', NETWORK])
  assert.is(up.status, 0, up.stderr)
  const { stdout } = await runByway(home, ['daemon', 'list'])
  assert.match(stdout.toString(), /^Daemon .*\nwork +ready +\d+ +\d+ s +byway up\n$/)
  await olderBy(home, 2)
  const running = JSON.parse((await runByway(home, ['list', '--json'])).stdout.toString())
  assert.is(running.networks[0].state, 'running')
  assert.is((await runByway(home, ['down', NETWORK])).status, 0)
  await leavesNothing(home)
  const again = await runByway(home, ['down', NETWORK])
  assert.equal([again.status, again.stderr], [68, 'byway: byway has no work running\n'])
})

test('down while it is used: it ends after the last user', async ({ sshd }) => {
  const home = await makeProxied(sshd)
  await runByway(home, ['up', NETWORK])
  const session = startByway(home, ['connect', MACHINE])
  await session.says('SSH-2.0-')
  assert.is((await runByway(home, ['down', NETWORK])).status, 0)
  await olderBy(home, 2)
  session.child.stdin.end()
  await session.result
  await leavesNothing(home)
})

test.run()
