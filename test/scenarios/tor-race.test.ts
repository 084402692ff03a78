// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PATIENCE } from '../../src/reach.ts'
import { runByway, startByway } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { startFaultProxy } from '../helpers/fault-proxy.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { type Address, REFUSING, startFront, startNonsense, startSilent } from '../helpers/peers.ts'
import { startTor, watchControl } from '../helpers/shared-tor-network.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { TorHome, type TorHomeOptions } from '../helpers/tor-home.ts'
import { until } from '../helpers/until.ts'

/** Runs of which one has to be over before a tor may be started: a slow computer decides nothing. */
const TRIES = 5

const race = suite('tor: race')

race('direct is dead, none runs: logs in over tor', async () => {
  const stage = await makeStage(REFUSING)
  assert.is((await connect(stage)).network, 'tor')
  await stage.leavesNothing()
})

for (const [title, delay] of [
  ['lives', 0],
  ['is up after 0.3 s', 300],
] as const) {
  race(`direct ${title}, none runs: none is started`, async () => {
    const { net } = await TorHome.make()
    const front = await startFront(net.sshd, { delay })
    for (let tries = 1; ; tries++) {
      const stage = await makeStage(front)
      const { network, ms } = await connect(stage)
      assert.is(network, 'direct')
      if (ms < PATIENCE || tries === TRIES) {
        assertNeverStarted(stage)
        break
      }
      await stage.leavesNothing()
    }
    front.stop()
  })
}

race(
  'direct wins while tor starts: tor lingers, unused by that session, and ends by itself',
  async () => {
    const { net } = await TorHome.make()
    let open = () => {}
    const opens = new Promise<void>((resolve) => {
      open = resolve
    })
    const front = await startFaultProxy({ to: net.sshd, opens, planFor: () => ({}) })
    const stage = await makeStage(front)
    const session = startByway(stage.home, ['connect', MACHINE])
    await until('tor was started', () => stage.tors().length === 1)
    open()
    await session.says('SSH-2.0-')
    await until('its lease is released', released(stage))
    await until('tor has ended', () => stage.tors().length + stage.keepers().length === 0)
    assert.is(session.child.exitCode, null, 'the session goes on')
    session.child.stdin.end()
    await session.result
    await stage.leavesNothing()
    front.stop()
  },
)

race('a tor that somebody runs at the configured port is taken, and none started', async () => {
  const { net } = await TorHome.make()
  const folder = makeFolder()
  const socks = `${folder}/socks`
  const tor = startTor(`${folder}/data`, [...net.clientTorrc, `SocksPort unix:${socks}`])
  const commands = ['SETEVENTS STATUS_CLIENT', 'GETINFO status/bootstrap-phase']
  await watchControl(tor, commands, (line) => line.includes('PROGRESS=100'))
  const stage = await TorHome.make({ tor: () => ({ socks: `unix:${socks}` }) })
  const { stdout, stderr } = await runByway(stage.home, ['connect', MACHINE], { input: '' })
  assert.match(stdout.toString(), /^SSH-2\.0-/)
  assert.is(stderr, '')
  assertNeverStarted(stage)
  tor.running.kill()
})

const NO_TORS: readonly [name: string, open: () => Promise<Listener>][] = [
  ['accepts and says nothing', startSilent],
  ['speaks HTTP', startNonsense],

  ['speaks SOCKS4', () => listen((socket) => socket.write('\0\x5a\0\0\0\0\0\0'))],
]

for (const [name, open] of NO_TORS) {
  race(`the configured port ${name}: it is no tor, none is started, exit status 69`, async () => {
    const listener = await open()
    const socks = `127.0.0.1:${listener.port}`
    const stage = await TorHome.make({ tor: () => ({ socks }) })
    const { status, stderr, ms } = await runByway(stage.home, ['connect', MACHINE], { input: '' })
    assert.is(status, 69)
    assert.match(stderr, `no tor: ${socks} does not speak SOCKS5`)
    assert.ok(ms < 20_000, `${ms} ms`)
    assertNeverStarted(stage)
    listener.stop()
  })
}

race.run()

function makeStage(direct: Address, options: TorHomeOptions = {}): Promise<TorHome> {
  const { host, port } = direct
  const network = { priority: 1000, peers: { [MACHINE]: { host, port } } }
  return TorHome.make({ ...options, networks: { direct: network } })
}

/** The network by which byway reaches the machine, and the milliseconds that its whole run took. */
async function connect({ home }: TorHome): Promise<{ network: string | undefined; ms: number }> {
  const { stdout, stderr, ms } = await runByway(home, ['connect', '-v', MACHINE], { input: '' })
  assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  return { network: /by network "(\w+)"/.exec(stderr)?.[1], ms }
}

function assertNeverStarted(stage: TorHome): void {
  assert.equal(stage.processes(), [])
  assert.equal(stage.leftovers(), [])
}

/** True once the keeper has said that nobody waits for its tor, or has ended. */
function released(stage: TorHome): () => boolean {
  let users = 1
  const ask = async (): Promise<void> => {
    const status = await stage.status()
    users = status?.users.length ?? 0
    if (users > 0) await ask()
  }
  void ask()
  return () => users === 0
}
