import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import type { Listener } from '../helpers/listen.ts'
import { makeNamespace, type Namespace } from '../helpers/netns.ts'
import { startFront } from '../helpers/peers.ts'
import { isAlive, listProcesses } from '../helpers/proc.ts'
import { mustRun } from '../helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { noteThrown } from '../helpers/thrown.ts'
import { until } from '../helpers/until.ts'
import { HANDOVERS, leavesNothing, pointTo, Stage, type Way } from '../helpers/ways.ts'

/** ssh says what happened, and what its child says can be read. */
const TALKATIVE = ['-o', 'LogLevel=INFO']
/** Seconds after which either side gives up the other. */
const KEEPALIVE = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=2']
/** From now on nothing arrives in the namespace, and nobody is told. */
const FALL_SILENT = `add table inet hole
add chain inet hole ears { type filter hook input priority 0; policy drop; }`

interface Places {
  stage: Stage
  front: Listener
  namespace: Namespace
  /** in the namespace */
  remote: Sshd
}

const drops = suite<Places>('connections that are lost')

drops.before(async (context) => {
  context.namespace = await makeNamespace()
  context.stage = await Stage.open({ config: ['ClientAliveInterval 1', 'ClientAliveCountMax 2'] })
  context.front = await startFront(context.stage.sshd, {})
  context.remote = await startSshd({ inside: context.namespace.inside })
})

drops.after(({ stage, front, namespace, remote }) => {
  for (const place of [remote, front, namespace]) place.stop()
  stage.close()
})

for (const way of HANDOVERS) {
  drops(`${way.name}: the server's process is killed`, async ({ stage }) => {
    const { home, ssh } = stage.travel(way)
    const session = ssh.start([...TALKATIVE, ...noteStatus(home, way), MACHINE, 'echo $PPID; cat'])
    await session.says('\n')
    process.kill(Number(session.heard()), 'SIGKILL')
    const { stderr, status } = await session.result
    assert.match(stderr, /closed by remote host|Connection to .* closed|Broken pipe|reset/)
    assert.is(status, 255)
    await leavesNothing(home)
    if (way.mode === 'relay') assert.match(await statusOf(home), /^(0|74)\n$/)
    note(`server killed in a session, ${way.name}`)
  })

  drops(`${way.name}: the connection is reset`, async ({ stage, front }) => {
    const { home, ssh } = stage.travel(way)
    pointTo(home, stage, { way, port: front.port })
    const session = ssh.start([...TALKATIVE, ...noteStatus(home, way), MACHINE, 'echo in; cat'])
    await session.says('in')
    for (const socket of front.open) socket.resetAndDestroy()
    const { stderr, status } = await session.result
    assert.is(status, 255)
    assert.match(stderr, /Connection .*(reset by peer|closed by remote host|closed)|Broken pipe/i)
    await leavesNothing(home)
    note(`connection reset in a session, ${way.name}`)
    if (way.mode !== 'relay') return
    assert.match(stderr, /^byway: .*: connection reset by peer$/m)
    assert.is(await statusOf(home), '74\n')
  })

  drops(`${way.name}: ssh is stopped meanwhile, and loses nothing`, async ({ stage }) => {
    const { ssh, leavesNothing } = stage.travel(way)
    const input = randomBytes(16 * 1024 * 1024)
    const session = ssh.start([MACHINE, 'cat'], { input })
    await once(session.child.stdout, 'data')
    process.kill(session.pid, 'SIGSTOP')
    await until('ssh is stopped', () => stateOf(session.pid) === 'T')
    process.kill(session.pid, 'SIGCONT')
    const { stdout, status } = await session.result
    assert.is(status, 0)
    assert.ok(stdout.equals(input), 'stdout is what stdin was')
    await leavesNothing()
    note(`ssh stopped and continued, ${way.name}`, 'no byte lost')
  })
}

drops('the server gives up a client that is stopped, by every way', async ({ stage }) => {
  await Promise.all(
    HANDOVERS.map(async (way) => {
      const { ssh, leavesNothing } = stage.travel(way)
      const session = ssh.start([...TALKATIVE, MACHINE, 'echo $PPID; cat'])
      await session.says('\n')
      process.kill(session.pid, 'SIGSTOP')
      const server = Number(session.heard())
      await until('the server has given up', () => !isAlive(server), 60_000)
      process.kill(session.pid, 'SIGCONT')
      const { stderr, status } = await session.result
      assert.is(status, 255, `${way.name}: ${stderr}`)
      await leavesNothing()
      note(`client given up by the server, ${way.name}`)
    }),
  )
})

drops('a peer that vanishes: ServerAliveInterval ends ssh, by every way', async (context) => {
  const { namespace, remote, stage } = context
  const { inside } = namespace
  const sessions = HANDOVERS.map((way) => {
    const { home } = stage.travel(way)
    pointTo(home, stage, { way, port: remote.port })
    const include = SNIPPETS[way.mode]
    const ssh = new SshClient({ home, sshd: remote, include, inside })
    return { way, home, session: ssh.start([...TALKATIVE, ...KEEPALIVE, MACHINE, 'echo in; cat']) }
  })
  await Promise.all(sessions.map(({ session }) => session.says('in')))
  await mustRun([...inside, 'nft', '-f', '-'], { input: FALL_SILENT })
  for (const { way, home, session } of sessions) {
    // what byway cannot get rid of any more must not keep it
    session.child.stdin.write(randomBytes(64 * 1024))
    const { stderr, status } = await session.result
    assert.is(status, 255, way.name)
    assert.match(stderr, /Timeout, server .* not responding/, way.name)
    await leavesNothing(home)
    note(`peer silent in a session, ${way.name}`)
  }
})

drops.run()

function note(what: string, outcome = 'ssh ended with words and 255, nothing left'): void {
  noteThrown({ suite: 'sessions of OpenSSH', what, times: 1, outcome })
}

/** Has a shell that stays note byway's exit status, where byway stays as well. */
function noteStatus(home: Home, { mode }: Way): string[] {
  if (mode === 'fdpass') return []
  const script = `trap '' HUP; byway connect "$1"; echo $? >${home.folder}/status`
  return ['-o', `ProxyCommand=sh -c '${script.replaceAll("'", `'\\''`)}' sh %n`]
}

async function statusOf(home: Home): Promise<string> {
  const file = `${home.folder}/status`
  await until('the status is noted', () => existsSync(file) && readFileSync(file).length > 0)
  return readFileSync(file, 'utf8')
}

function stateOf(pid: number): string | undefined {
  return listProcesses().find((entry) => entry.pid === pid)?.state
}
