import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, SCRIPT, startByway } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import type { Listener } from '../helpers/listen.ts'
import { startSaying } from '../helpers/peers.ts'
import { findByEnvironment, type ProcessEntry } from '../helpers/proc.ts'
import type { Running } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { readExactly } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'

const BANNER = 'SSH-2.0-x\r\n'
/** Milliseconds after which everything has to be gone, whatever it does against it. */
const GONE = 10_000

/** Programs that networks are reached by, as scripts for sh. */
const PROGRAMS = {
  talker: `printf '${BANNER}'; exec cat`,
  silent: 'exec cat >&2',
  family: `sleep 600 & printf '${BANNER}'; cat`,
  sessions: `setsid sleep 601 & printf '${BANNER}'; cat`,
  stubborn: `trap '' TERM HUP INT; sleep 600 & printf '${BANNER}'; while :; do sleep 602; done`,
  'stubborn silent': `trap '' TERM HUP INT; while :; do sleep 603; done`,
} as const

type Program = keyof typeof PROGRAMS

const ends = suite<{ peer: Listener }>('the ends of programs')

ends.before(async (context) => {
  context.peer = await startSaying(BANNER)
})

ends.after(({ peer }) => peer.stop())

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
const SESSIONS: readonly [Program, readonly NodeJS.Signals[]][] = [
  ['talker', [...SIGNALS, 'SIGKILL']],
  ['family', ['SIGTERM']],
  ['sessions', ['SIGTERM']],
  ['stubborn', SIGNALS],
]

for (const artefact of ARTEFACTS) {
  for (const [program, signals] of SESSIONS) {
    for (const signal of signals) {
      ends(`${artefact.name}: ${program}, ${signal} in a session`, async () => {
        const { byway, live } = begin(artefact, program)
        await byway.says(BANNER)
        process.kill(byway.pid, signal)
        const { signal: by, stderr } = await byway.result
        assert.is(by, signal)
        assert.is(stderr, '', 'no words')
        await gone(live)
      })
    }
  }

  for (const program of ['silent', 'stubborn silent'] as const) {
    ends(`${artefact.name}: ${program}, SIGTERM in the race`, async () => {
      const { byway, live } = begin(artefact, program)
      await until('the program runs', () => live().some(({ pid }) => pid !== byway.pid))
      process.kill(byway.pid, 'SIGTERM')
      assert.is((await byway.result).signal, 'SIGTERM')
      await gone(live)
    })
  }

  ends(`${artefact.name}: the end of stdin ends a program, and byway`, async () => {
    const { byway, live } = begin(artefact, 'family')
    await byway.says(BANNER)
    byway.child.stdin.end()
    assert.is((await byway.result).status, 0)
    await gone(live)
  })

  for (const program of ['silent', 'stubborn silent'] as const) {
    ends(`${artefact.name}: ${program}, which loses the race`, async ({ peer }) => {
      const { byway, live } = begin(artefact, program, peer)
      await byway.says(BANNER)
      await until('only byway is left', () => live().length === 1, GONE)
      byway.kill()
      await byway.result
    })

    ends(`${artefact.name}: ${program}, which loses the race, socket passed`, async ({ peer }) => {
      const { home, live } = settle(artefact, program, peer)
      const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
      await gone(live)
      socket.destroy()
    })
  }

  for (const program of ['talker', 'family', 'stubborn'] as const) {
    ends(
      `${artefact.name}: ${program}, relayed by another byway: ends with the socket`,
      async () => {
        const { home, live } = settle(artefact, program)
        const { socket, status } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
        assert.is(status, 0)
        assert.is((await readExactly(socket, BANNER.length)).toString(), BANNER)
        assert.is(home.liveByways().length, 1)
        socket.destroy()
        await gone(live)
      },
    )
  }

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    ends(`${artefact.name}: ${signal} before another byway is up`, async () => {
      const { home, live } = settle(artefact, 'silent')
      const passed = receiveSocket(home, ['connect', '--fdpass', MACHINE])
      const words = passed.then(() => 'passed', String)
      await until('the program runs', () => live().some(({ command }) => command === 'cat'))
      const first = home.liveByways().find(({ command }) => command.includes('--fdpass'))
      process.kill(first?.pid ?? 0, signal)
      assert.match(String(await words), /no socket was passed/)
      await gone(live)
    })
  }
}

ends('a byway that passes on for another one is killed: its program ends', async () => {
  const { home, live } = settle(SCRIPT, 'talker')
  const { socket } = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
  const [other] = home.liveByways()
  process.kill(other?.pid ?? 0, 'SIGKILL')
  await gone(live)
  socket.destroy()
})

ends.run()

/** A home whose machine is reached by the program, or else at the peer. */
function settle(artefact: Artefact, program: Program, peer?: Listener) {
  const home = new Home(artefact)
  // a shell that reads a script would be found by its name alone
  const path = home.writeFile(
    'bin/program',
    `#!/bin/sh\nexec sh -c "$(cat <<'END'\n${PROGRAMS[program]}\nEND\n)"\n`,
  )
  chmodSync(path, 0o755)
  const top = { priority: 2, command: ['program'], peers: { [MACHINE]: {} } }
  const next = { priority: 1, peers: { [MACHINE]: { host: peer?.host, port: peer?.port } } }
  home.writeConfig({ allowCommands: true, stagger: 50 })
  home.writeInventory({ networks: { top, ...(peer === undefined ? {} : { next }) } })
  const live = () => findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
  return { home, live }
}

interface Begun {
  readonly byway: Running
  live(): ProcessEntry[]
}

function begin(...given: Parameters<typeof settle>): Begun {
  const { home, live } = settle(...given)
  return { byway: startByway(home, ['connect', MACHINE]), live }
}

async function gone(live: () => ProcessEntry[]): Promise<void> {
  await until('all is gone', () => live().length === 0, GONE).catch((error) => {
    throw new Error(`${String(error)}: ${live().map(({ command }) => command)}`)
  })
}
