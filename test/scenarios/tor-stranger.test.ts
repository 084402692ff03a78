import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeNamespace } from '../helpers/netns.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import { start } from '../helpers/program.ts'

const MACHINE = 'web'
/** Says yes to whoever greets it, and writes down what it is asked. */
const SQUATTER = `require('node:net').createServer((socket) => {
  socket.on('error', () => {}).on('data', (bytes) => {
    process.stderr.write(bytes.toString('latin1'))
    socket.write(Buffer.from([5, 0]))
  })
}).listen(9050, '127.0.0.1', () => console.log('listens'))`

const test = suite('tor: who listens at its port')

for (const [name, uid, isAsked] of [
  ['another person is told no onion name', 1099, false],
  ['a service is taken for a tor', 199, true],
] as const) {
  test(name, async () => {
    if (process.getuid?.() !== 0) throw new Error('only root can be two users: run this as root')
    const { inside, stop } = await makeNamespace()
    const home = new Home(SCRIPT)
    const onion = inventOnion()
    home.writeInventory({
      networks: { tor: { technology: 'tor', peers: { [MACHINE]: { host: onion } } } },
    })
    home.writeConfig({ daemons: { tor: { binary: 'false' } } })
    const ids = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
    const argv = [...inside, 'setpriv', ...ids, '--', process.execPath, '-e', SQUATTER]
    const squatter = start(argv, { cwd: '/' })
    await squatter.says('listens')
    const args = ['connect', '-v', '--timeout', '3', MACHINE]
    const { status, stderr } = await runByway(home, args, { inside })
    assert.is(status, 69, stderr)
    assert.is(
      stderr.includes(`port 9050 is left alone: user ${uid} listens there`),
      !isAsked,
      stderr,
    )
    assert.is(squatter.heard('stderr').includes(onion), isAsked)
    squatter.kill()
    stop()
  })
}

test.run()
