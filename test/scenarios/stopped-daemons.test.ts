import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Home, runByway } from '../helpers/byway.ts'
import {
  connectOnce,
  daemonOf,
  isKeeper,
  leavesNothing,
  makeProxied,
  NETWORK,
  processesOf,
} from '../helpers/on-demand-home.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { TorHome } from '../helpers/tor-home.ts'

/** Seconds that a daemon lingers which is to be there still when it is looked at. */
const LONG = 5

const test = suite<{ sshd: Sshd }>('daemons and keepers that were stopped (SIGSTOP)')

test.before(async (context) => {
  context.sshd = await startSshd()
})

test.after(({ sshd }) => sshd.stop())

/** A home with a daemon that runs, its keeper, and a session that uses it. */
async function begin(sshd: Sshd) {
  const home = await makeProxied(sshd)
  const session = new SshClient({ home, sshd, include: SNIPPETS.relay }).start([MACHINE, 'cat'])
  session.child.stdin.write('in\n')
  await session.says('in')
  const keeper = processesOf(home).find(isKeeper)?.pid ?? 0
  return { home, session, keeper }
}

test('a keeper that does not answer: listed, named by stop, and ended once it goes on', async ({
  sshd,
}) => {
  const { home, session, keeper } = await begin(sshd)
  process.kill(keeper, 'SIGSTOP')
  const [daemon] = await list(home)
  assert.equal([daemon?.name, daemon?.state, daemon?.pid], [NETWORK, 'silent', null])
  const stops = [['stop'], ['stop', NETWORK]].map(async (words) => {
    const { stderr, status } = await runByway(home, ['daemon', ...words])
    assert.is(status, 69, stderr)
    assert.match(stderr, `byway: the keeper of "net.${NETWORK}-`)
    assert.match(stderr, 'hint: was it stopped? "kill -CONT" lets it go on')
  })
  await Promise.all(stops)
  process.kill(keeper, 'SIGCONT')
  await session.result
  await leavesNothing(home)
})

test('another name than that of a silent one: there is none', async ({ sshd }) => {
  const { home, session, keeper } = await begin(sshd)
  process.kill(keeper, 'SIGSTOP')
  const { stderr, status } = await runByway(home, ['daemon', 'stop', 'wor'])
  assert.is(status, 68)
  assert.match(stderr, 'byway has no wor running')
  process.kill(keeper, 'SIGCONT')
  session.child.stdin.end()
  await session.result
  await leavesNothing(home)
})

test('a tor that was stopped: it is listed, and does not outlive its linger', async () => {
  const stage = await TorHome.make({ daemon: { linger: LONG } })
  const { stdout, stderr } = await stage.ssh('relay').run('ssh', [MACHINE, 'echo in'])
  assert.is(stdout.toString(), 'in\n', stderr)
  const [tor] = stage.tors()
  assert.ok(tor, 'tor runs')
  process.kill(tor.pid, 'SIGSTOP')
  const [daemon] = await list(stage.home)
  assert.equal([daemon?.name, daemon?.state], ['tor', 'ready'])
  await stage.leavesNothing(30_000)
})

test('a tor that was stopped, in use: "daemon stop" ends it', async () => {
  const stage = await TorHome.make()
  const session = stage.ssh('relay').start([MACHINE, 'cat'])
  session.child.stdin.write('in\n')
  await session.says('in')
  const [tor] = stage.tors()
  assert.ok(tor, 'tor runs')
  process.kill(tor.pid, 'SIGSTOP')
  const { status, stderr } = await runByway(stage.home, ['daemon', 'stop', 'tor'])
  assert.equal([status, stderr], [0, ''])
  await session.result
  await stage.leavesNothing()
})

test('a connect while a daemon ends, which takes its time: by the next one', async ({ sshd }) => {
  const home = await makeProxied(sshd, { linger: LONG })
  const path = join(home.folder, 'config/byway/config.json')
  const config = JSON.parse(readFileSync(path, 'utf8'))
  const { daemon } = config.networks[NETWORK]
  const slow = 'trap "sleep 2; exit" TERM; "$@" & wait'
  daemon.command = ['sh', '-c', slow, 'sh', ...daemon.command]
  home.writeConfig(config)
  await connectOnce(home)
  const first = await daemonOf(home)
  const stopping = runByway(home, ['daemon', 'stop'])
  while ((await daemonOf(home))?.state !== 'stopping') assert.ok(first)
  await connectOnce(home)
  assert.is((await stopping).status, 0)
  assert.is.not((await daemonOf(home))?.daemon, first?.daemon)
  await leavesNothing(home)
})

test.run()

async function list(home: Home) {
  const { stdout } = await runByway(home, ['daemon', 'list', '--json'])
  const { daemons } = JSON.parse(stdout.toString())
  return daemons as { name: string; state: string; pid: number | null }[]
}
