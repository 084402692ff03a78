import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home, runByway, SCRIPT, startByway } from '../helpers/byway.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'

const BANNER = 'SSH-2.0-x\r\n'

const words = suite<{ peer: Listener }>('words that nobody reads, and errors that nobody waits for')

words.before(async (context) => {
  context.peer = await listen((socket) => {
    socket.write(BANNER)
    socket.pipe(socket)
  })
})

words.after(({ peer }) => peer.stop())

for (const artefact of ARTEFACTS) {
  words(`${artefact.name}: connect -v goes on when its stderr is closed`, async ({ peer }) => {
    const home = settle(artefact, peer)
    const byway = startByway(home, ['connect', '-v', MACHINE])
    byway.child.stderr.destroy()
    await byway.says(BANNER)
    byway.child.stdin.end('there and back')
    await byway.says('there and back')
    const { status, signal } = await byway.result
    assert.is(signal, null)
    assert.is(status, 0)
  })
}

const THROWN: Readonly<Record<string, string>> = {
  'an error thrown in a callback': 'throw new Error("thrown by nobody")',
  'a promise that nobody waits for': 'Promise.reject(new Error("thrown by nobody"))',
}

for (const [name, statement] of Object.entries(THROWN)) {
  words(`${name} is a bug, with its words, a log and 70`, async ({ peer }) => {
    const home = settle(SCRIPT, peer)
    const broken = home.writeFile('broken.cjs', `setTimeout(() => { ${statement} }, 0)`)
    const env = { NODE_OPTIONS: `--require=${broken}` }
    const { stderr, status } = await runByway(home, ['connect', MACHINE], { env })
    assert.match(
      stderr,
      /^byway: this is a bug in byway, please report it\nError: thrown by nobody\n/,
    )
    assert.is(status, 70)
    const log = readFileSync(join(home.folder, 'state/byway/log'), 'utf8')
    assert.match(log, /this is a bug in byway/)
  })
}

words.run()

function settle(artefact: Home['artefact'], { port }: Listener): Home {
  const home = new Home(artefact)
  home.writeInventory({ networks: { only: { peers: { [MACHINE]: { host: '127.0.0.1', port } } } } })
  return home
}
