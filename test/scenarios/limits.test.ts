import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { REFUSING } from '../helpers/peers.ts'
import { mustRun } from '../helpers/program.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { startSshd } from '../helpers/sshd.ts'
import { makeStranger } from '../helpers/stranger.ts'
import { leavesNothing } from '../helpers/ways.ts'

const BANNER = 'SSH-2.0-x\r\n'

const limits = suite<{ peer: Listener }>('small limits, and users without a home')

limits.before(async (context) => {
  context.peer = await listen((socket) => socket.resume().end(BANNER))
})

limits.after(({ peer }) => peer.stop())

limits('a user whom the system does not know, without HOME', async ({ peer }) => {
  const { home, inside } = await makeStranger()
  const inventory = home.writeInventory(inventoryAt('127.0.0.1', peer.port))
  await mustRun(['chmod', '-R', 'a+rX', home.folder])
  const bare = ['env', '-i', `PATH=${home.env['PATH']}`]
  const args = ['connect', '--inventory', inventory, MACHINE]
  const { stdout, stderr, status } = await runByway(home, args, { inside: [...inside, ...bare] })
  assert.is(stdout.toString(), BANNER, stderr)
  assert.is(stderr, '')
  assert.is(status, 0)
})

limits('the same user, and no inventory: where it was looked for', async () => {
  const { home, inside } = await makeStranger()
  const { stderr, status } = await runByway(home, ['connect', MACHINE], {
    inside: [...inside, 'env', '-i', `PATH=${home.env['PATH']}`],
  })
  assert.is(status, 66)
  assert.match(stderr, /^byway: no inventory: looked for .*\/etc\/byway\/inventory\.json\n/)
})

limits('the same user imports what is there, and is told when there is nothing', async () => {
  const { home, inside } = await makeStranger()
  const bare = [...inside, 'env', '-i', `PATH=${home.env['PATH']}`]
  const none = await runByway(home, ['import'], { inside: bare })
  assert.match(none.stderr, /^byway: nothing to import: /)
  assert.is(none.status, 66)
  const config = home.writeFile(
    'config.conf',
    'Include more.conf\nHost web\n  HostName 192.0.2.1\n',
  )
  await mustRun(['chmod', '-R', 'a+rX', home.folder])
  const some = await runByway(home, ['import', config], { inside: bare })
  assert.not.match(some.stderr, /bug in byway/)
})

limits('few processes and threads (ulimit -u): a name is looked up', async ({ peer }) => {
  const { home, inside } = await makeStranger()
  home.writeInventory(inventoryAt('localhost', peer.port))
  await mustRun(['chmod', '-R', 'a+rX', home.folder])
  const few = ['prlimit', '--nproc=48:48', '--']
  const { stdout, stderr, status } = await runByway(home, ['connect', MACHINE], {
    inside: [...few, ...inside],
  })
  assert.is(stdout.toString(), BANNER, stderr)
  assert.is(status, 0)
})

limits('a limit that the user’s own processes have almost used up', async ({ peer }) => {
  const { home, inside } = await makeStranger()
  home.writeInventory(inventoryAt('localhost', peer.port))
  await mustRun(['chmod', '-R', 'a+rX', home.folder])
  const few = ['prlimit', '--nproc=200:200', '--']
  const busy = 'for i in $(seq 172); do sleep 20 & done; "$@"; kill $(jobs -p)'
  const { stdout, stderr } = await runByway(home, ['connect', MACHINE], {
    inside: [...few, ...inside, 'bash', '-c', busy, 'bash'],
  })
  assert.is(stdout.toString(), BANNER, stderr)
})

limits(
  'few descriptors (ulimit -n): a login, and words where a program is needed',
  async ({ peer }) => {
    const home = new Home(EXECUTABLE)
    home.writeInventory(inventoryAt('127.0.0.1', peer.port))
    const inside = ['prlimit', '--nofile=24:24', '--']
    const direct = await runByway(home, ['connect', MACHINE], { inside })
    assert.is(direct.stdout.toString(), BANNER, direct.stderr)
    home.writeInventory({
      networks: {
        jump: { technology: 'jump', jump: 'x@127.0.0.1', peers: { [MACHINE]: REFUSING } },
      },
    })
    const jump = await runByway(home, ['connect', MACHINE], { inside })
    assert.is(jump.status, 69)
    assert.match(jump.stderr, /start "ssh": too many open files/)
  },
)

limits('fewer descriptors than Node starts with: it ends at once, and so does ssh', async () => {
  const sshd = await startSshd()
  const home = new Home(EXECUTABLE)
  home.writeInventory(inventoryAt('127.0.0.1', sshd.port))
  const inside = ['prlimit', '--nofile=16:16', '--']
  const alone = await runByway(home, ['connect', MACHINE], { inside, limit: 20_000 })
  assert.is.not(alone.status, 0)
  assert.is(alone.stdout.toString(), '')
  for (const mode of ['relay', 'fdpass'] as const) {
    const ssh = new SshClient({ home, sshd, include: SNIPPETS[mode], inside })
    const { status, stderr } = await ssh.run('ssh', [MACHINE, 'true'], { limit: 20_000 })
    assert.is(status, 255, `${mode}: ${stderr}`)
    assert.is.not(stderr, '', mode)
  }
  // with enough of them it is in: it was not for another reason
  const ssh = new SshClient({ home, sshd, include: SNIPPETS.relay })
  const { status, stderr } = await ssh.run('ssh', [MACHINE, 'true'])
  assert.is(status, 0, stderr)
  await leavesNothing(home)
  sshd.stop()
})

limits.run()

function inventoryAt(host: string, port: number) {
  return { networks: { only: { peers: { [MACHINE]: { host, port } } } } }
}
