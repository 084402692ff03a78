import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exchange } from '../helpers/exchange.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { Terminal } from '../helpers/terminal.ts'
import { until } from '../helpers/until.ts'
import { HANDOVERS, Stage, type Traveller } from '../helpers/ways.ts'

/** A remote program that repeats what is typed, once, in words that no terminal's echo has. */
const REPEAT = `'stty -echo; echo in; sed -u "s/^/heard /"'`

const sessions = suite<{ stage: Stage; echo: Listener }>('ssh in a terminal')

sessions.before(async (context) => {
  context.stage = await Stage.open()
  context.echo = await listen((socket) => socket.pipe(socket))
})

sessions.after(({ stage, echo }) => {
  stage.close()
  echo.stop()
})

for (const way of HANDOVERS) {
  sessions(`${way.name}: ~C adds a forward, ~R new keys, ~. ends it all`, async (context) => {
    const traveller = context.stage.travel(way)
    const { home, ssh } = traveller
    const terminal = await openTerminal(traveller)
    const [path, log] = [home.newPath(), home.newPath()]
    const flags = `-F ${ssh.config} -t -v -E ${log} -o EnableEscapeCommandline=yes`
    await terminal.type(`ssh ${flags} ${MACHINE} ${REPEAT}; echo "status $?"`)
    await terminal.shows(/^in$/m)
    await terminal.press('~', 'C')
    await terminal.shows(/^ssh>/m)
    await terminal.type(`-L ${path}:127.0.0.1:${context.echo.port}`)
    await until('it forwards', () =>
      readFileSync(log, 'utf8').includes(`listening on path ${path}.`),
    )
    const bytes = randomBytes(256 * 1024)
    assert.ok((await exchange({ path }, bytes)).equals(bytes), 'the echo is what was sent')
    await terminal.press('Enter', '~', 'R')
    await until('there are new keys', () => countNewKeys(log) === 2)
    await terminal.type('goes on')
    await terminal.shows(/^heard goes on$/m)
    await terminal.press('~', '.')
    await terminal.shows(/^status 255$/m)
    terminal.close()
    await traveller.leavesNothing()
  })

  sessions(`${way.name}: the other end hears of a new size of the window`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const terminal = await openTerminal(traveller)
    const tellSize = 'trap "stty size" WINCH; echo in; cat & while :; do wait; done'
    await terminal.type(
      `ssh -F ${traveller.ssh.config} -tt ${MACHINE} '${tellSize}'; echo "status $?"`,
    )
    await terminal.shows(/^in$/m)
    await terminal.resize(132, 43)
    await terminal.shows(/^43 132$/m)
    await terminal.press('Enter', '~', '.')
    await terminal.shows(/^status 255$/m)
    terminal.close()
    await traveller.leavesNothing()
  })

  sessions(`${way.name}: ssh is suspended, byway is not, and it goes on`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const terminal = await openTerminal(traveller)
    await terminal.type(`ssh -F ${traveller.ssh.config} -t ${MACHINE} ${REPEAT}`)
    await terminal.shows(/^in$/m)
    await terminal.press('~', 'C-z')
    await terminal.shows(/^\[1\].*Stopped/m)
    assert.not(traveller.home.liveByways().some(({ state }) => state === 'T'))
    await terminal.type('fg; echo "status $?"')
    await terminal.type('goes on')
    await terminal.shows(/^heard goes on$/m)
    await terminal.press('C-d')
    await terminal.shows(/^status 0$/m)
    terminal.close()
    await traveller.leavesNothing()
  })
}

sessions.run()

function openTerminal({ home }: Traveller): Promise<Terminal> {
  return Terminal.open({ columns: 100, env: { ...home.env, TERM: 'screen' }, cwd: home.folder })
}

/** How many key exchanges `ssh -v` has told of. */
function countNewKeys(log: string): number {
  return readFileSync(log, 'utf8').match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0
}
