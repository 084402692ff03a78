import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home } from '../helpers/byway.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { plumb } from '../helpers/plumbing.ts'
import { mustRun } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { dribble, readAll, readExactly, sip } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'

const MIB = 1024 * 1024
const BANNER = Buffer.from('before\r\nSSH-2.0-x\r\n')

/** One conversation: what ssh says to the peer, what the peer says after its banner, and how. */
interface Talk {
  readonly random: Random
  readonly stdin: Writable
  readonly socket: Socket
  readonly question: Buffer
  readonly answer: Buffer
}

/** What both sides do, in each order of their ends; what the peer has heard. */
const ORDERS: Readonly<Record<string, (talk: Talk) => Promise<Buffer>>> = {
  'stdin ends, and the peer goes on': async ({ random, stdin, socket, question, answer }) => {
    const asking = dribble(stdin, question, random).then(() => stdin.end())
    const half = answer.length / 2
    const heard = sip(socket, random)
    await dribble(socket, answer.subarray(0, half), random)
    await Promise.all([asking, heard])
    await dribble(socket, answer.subarray(half), random)
    socket.end()
    return heard
  },
  'stdin ends before anything is said': async ({ random, stdin, socket, answer }) => {
    stdin.end()
    const heard = await readAll(socket)
    await dribble(socket, answer, random)
    socket.end()
    return heard
  },
  'the peer ends, and stdin stays open': async ({ random, stdin, socket, question, answer }) => {
    const asking = dribble(stdin, question, random)
    const answering = dribble(socket, answer, random)
    const heard = await readExactly(socket, question.length)
    await Promise.all([asking, answering])
    socket.end()
    return heard
  },
  'the peer says much and ends at once': ({ socket, answer }) => {
    socket.end(answer)
    return readAll(socket)
  },
}
/** In which ssh has something to say. */
const ASKED = /goes on|stays open/

const relay = suite<{ random: Random; peer: Listener }>('the relay, byte for byte')

relay.before(async (context) => {
  context.random = new Random('relay')
  context.peer = await listen((socket) => {
    socket.write(BANNER)
  })
})

relay.after(({ peer }) => peer.stop())

for (const artefact of ARTEFACTS) {
  for (const plumbing of ['pipes', 'sockets'] as const) {
    for (const [order, converse] of Object.entries(ORDERS)) {
      relay(`${artefact.name}, ${plumbing}: ${order}`, async ({ random, peer }) => {
        const home = settle(artefact, peer)
        const question = ASKED.test(order) ? random.bytes(2 * MIB) : Buffer.alloc(0)
        const answer = random.bytes(3 * MIB)
        const { stdin, stdout, ended } = plumb(home, ['connect', MACHINE], plumbing)
        const printed = sip(stdout, random)
        const socket = await peer.next()
        const heard = await converse({ random, stdin, socket, question, answer })
        assert.ok(heard.equals(question), 'the peer heard what stdin said')
        const expected = Buffer.concat([BANNER, answer])
        assert.ok((await printed).equals(expected), 'stdout said what the peer said')
        const { status, stderr } = await ended
        assert.equal([status, stderr], [0, ''])
      })
    }
  }

  relay(`${artefact.name}: stdin is /dev/null, stdout a file`, async ({ random }) => {
    const answer = random.bytes(3 * MIB)
    const peer = await listen((socket) => {
      socket.write(BANNER)
      socket.resume().end(answer)
    })
    const home = settle(artefact, peer)
    const file = home.newPath()
    const line = `exec byway connect ${MACHINE} </dev/null >"$0"`
    await mustRun(['sh', '-c', line, file], { env: home.env })
    assert.ok(readFileSync(file).equals(Buffer.concat([BANNER, answer])), 'the file has it all')
    peer.stop()
  })
}

relay.run()

function settle(artefact: Home['artefact'], { host, port }: Listener): Home {
  const home = new Home(artefact)
  home.writeInventory({ networks: { only: { peers: { [MACHINE]: { host, port } } } } })
  return home
}
