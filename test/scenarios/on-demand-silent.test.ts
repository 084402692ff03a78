import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { listen } from '../helpers/listen.ts'
import { leavesNothing, makeInside, NETWORK } from '../helpers/on-demand-home.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { readAll } from '../helpers/streams.ts'

const GOOD = 'SSH-2.0-good\r\n'

const test = suite('a machine in a namespace that accepts and says nothing')

for (const how of ['relayed', 'fd-passed'] as const) {
  test(`${how}: the next network wins`, async () => {
    const server = await listen((socket) => socket.pipe(socket).write(GOOD))
    const home = makeInside({ command: ['socat', '-d', '-d', 'TCP-LISTEN:7022,fork', 'PIPE'] })
    home.writeInventory({
      networks: {
        [NETWORK]: { priority: 3000, peers: { [MACHINE]: { host: '127.0.0.1', port: 7022 } } },
        near: { priority: 2000, peers: { [MACHINE]: { host: '127.0.0.1', port: server.port } } },
      },
    })
    const { networks } = JSON.parse(
      readFileSync(join(home.folder, 'config/byway/config.json'), 'utf8'),
    )
    // its dialler has to be started, and the daemon before
    home.writeConfig({ networks, grace: 3000 })
    const up = await runByway(home, ['up', NETWORK])
    assert.is(up.status, 0, up.stderr)
    assert.is(await hear(), GOOD)
    const { stdout } = await runByway(home, ['explain', '--last', '--json'])
    const { winner, routes } = JSON.parse(stdout.toString())
    assert.is(winner, 'near')
    assert.ok(routes[0].steps.some(({ stage }: { stage: string }) => stage === 'banner'))
    assert.is((await runByway(home, ['down', NETWORK])).status, 0)
    await leavesNothing(home)
    server.stop()

    async function hear(): Promise<string> {
      if (how === 'fd-passed') {
        const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
        return (await readAll(socket.end())).toString()
      }
      return (await runByway(home, ['connect', MACHINE], { input: '' })).stdout.toString()
    }
  })
}

test.run()
