import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { makeNameWorld } from '../helpers/name-world.ts'
import type { Namespace } from '../helpers/netns.ts'
import { type Running, start } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'

/** Says a banner to all who come; prints the port. */
const PEER = `const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {}).resume().end('SSH-2.0-x\\r\\n')
})
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port + '.'))`

const COMMANDS: readonly [name: string, args: readonly string[], said: RegExp][] = [
  ['ping', ['ping', MACHINE], /answers by network known/],
  ['status', ['status', '--timeout', '1'], /known/],
]

const names = suite<{ world: Namespace; peer: Running; port: number }>(
  'a status while a name server is silent',
)

names.before(async (context) => {
  context.world = await makeNameWorld('', 3)
  context.peer = start([...context.world.inside, process.execPath, '-e', PEER])
  await context.peer.says('.')
  context.port = Number(/port (\d+)/.exec(context.peer.heard())?.[1])
})

names.after(({ world, peer }) => {
  peer.kill()
  world.stop()
})

for (const artefact of ARTEFACTS) {
  for (const [name, args, said] of COMMANDS) {
    names(`${artefact.name} ${name}: 0 when it was one`, async ({ world, port }) => {
      const home = settle(artefact, port)
      const { inside } = world
      const { stdout, stderr, status, signal } = await runByway(home, args, { inside })
      assert.match(stdout.toString(), said, stderr)
      assert.is(signal, null)
      assert.is(status, 0)
    })
  }

  names(`${artefact.name} connect --fdpass: ssh is not kept waiting`, async ({ world, port }) => {
    const home = settle(artefact, port)
    const args = ['connect', '--fdpass', MACHINE]
    const { socket, status } = await receiveSocket(home, args, world.inside)
    socket.destroy()
    // ssh does not read it: a Node that cannot drop its threads ends by a signal
    assert.is(status, artefact === SCRIPT && process.execve === undefined ? null : 0)
  })
}

names.run()

function settle(artefact: Artefact, port: number): Home {
  const home = new Home(artefact)
  home.writeInventory({
    networks: {
      silent: { priority: 2000, peers: { [MACHINE]: { host: 'silent.test' } } },
      known: { peers: { [MACHINE]: { host: '127.0.0.1', port } } },
    },
  })
  return home
}
