import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exchange, exchangeBySocks } from '../helpers/exchange.ts'
import { findFreePort, type Listener, listen } from '../helpers/listen.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { until } from '../helpers/until.ts'
import { HANDOVERS, Stage } from '../helpers/ways.ts'

const forwards = suite<{ stage: Stage; echo: Listener }>('forwards of ssh')

forwards.before(async (context) => {
  context.stage = await Stage.open()
  context.echo = await listen((socket) => socket.pipe(socket))
})

forwards.after(({ stage, echo }) => {
  stage.close()
  echo.stop()
})

for (const way of HANDOVERS) {
  forwards(`${way.name}: -L, -R and -D, to ports and sockets, all at once`, async (context) => {
    const { home, ssh, leavesNothing } = context.stage.travel(way)
    const { port } = context.echo
    const [local, remote, dynamic] = await Promise.all([1, 2, 3].map(findFreePort))
    const [localSocket, remoteSocket] = [home.newPath(), home.newPath()]
    const target = `127.0.0.1:${port}`
    const flags = [
      ...['-L', `127.0.0.1:${local}:${target}`, '-L', `${localSocket}:${target}`],
      ...['-R', `127.0.0.1:${remote}:${target}`, '-R', `${remoteSocket}:${target}`],
      ...['-D', `127.0.0.1:${dynamic}`, '-o', 'ExitOnForwardFailure=yes'],
    ]
    const session = ssh.start([...flags, MACHINE, 'echo ready; cat'])
    await session.says('ready')
    const places = [local, remote].map((each) => ({ host: '127.0.0.1', port: each ?? 0 }))
    const sockets = [localSocket, remoteSocket].map((path) => ({ path }))
    // three at once through each, and the session's own channel goes on beside them
    const talks = [1, 2, 3].flatMap(() => [
      ...[...places, ...sockets].map((at) => (bytes: Buffer) => exchange(at, bytes)),
      (bytes: Buffer) => exchangeBySocks(dynamic ?? 0, port, bytes),
    ])
    const own = randomBytes(512 * 1024)
    session.child.stdin.write(own)
    await Promise.all(
      talks.map(async (talk) => {
        const bytes = randomBytes(256 * 1024)
        assert.ok((await talk(bytes)).equals(bytes), 'the echo is what was sent')
      }),
    )
    session.child.stdin.end()
    const { stdout, status } = await session.result
    assert.ok(stdout.subarray('ready\n'.length).equals(own), 'the session has its own bytes')
    assert.is(status, 0)
    await leavesNothing()
  })

  forwards(`${way.name}: a master is given forwards, and they are taken away`, async (context) => {
    const { home, ssh, leavesNothing } = context.stage.travel(way)
    const control = ['-S', `${home.folder}/ctl`]
    const master = ssh.start([...control, '-M', '-N', MACHINE])
    await until('the master listens', () => existsSync(`${home.folder}/ctl`))
    const path = home.newPath()
    const forward = ['-L', `${path}:127.0.0.1:${context.echo.port}`]
    const order = async (command: string, flags: readonly string[] = []) => {
      const line = [...control, '-O', command, ...flags, MACHINE]
      const { status, stderr } = await ssh.run('ssh', line)
      assert.is(status, 0, stderr)
    }
    await order('forward', forward)
    const bytes = randomBytes(64 * 1024)
    assert.ok((await exchange({ path }, bytes)).equals(bytes), 'the echo is what was sent')
    await order('cancel', forward)
    const refused = await exchange({ path }, bytes).catch((error) => error.code)
    assert.match(refused, /ECONNREFUSED|ENOENT/)
    await order('exit')
    await master.result
    await leavesNothing()
  })
}

forwards.run()
