import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../src/core/clock.ts'
import type { PulledSocket } from '../src/core/pulled-socket.ts'
import { awaitWords } from '../src/proof-of-life.ts'
import { openSocket } from '../src/transports/open-socket.ts'
import { type Listener, listen } from './helpers/listen.ts'

const test = suite('proof-of-life')

test('it is there once the peer has said something, of which nothing was read', async () => {
  const { mine, theirs, stop } = await connected()
  const words = wait(mine)
  assert.is(await Promise.race([words, again(20)]), 'nothing yet')
  theirs.write('SSH-2.0-x\r\n')
  await words
  assert.is(mine.socket.bytesRead, 0)
  assert.is(Buffer.from((await mine.read()) ?? []).toString(), 'SSH-2.0-x\r\n')
  stop()
})

test('words and an end are words', async () => {
  const { mine, theirs, stop } = await connected()
  theirs.end('bye')
  await wait(mine)
  assert.is(Buffer.from((await mine.read()) ?? []).toString(), 'bye')
  stop()
})

for (const [how, close] of Object.entries({
  ends: (theirs: Socket) => theirs.end(),
  resets: (theirs: Socket) => theirs.resetAndDestroy(),
})) {
  for (const late of [true, false]) {
    test(`a peer that ${how}${late ? ', after a while,' : ''} has closed the connection`, async () => {
      const { mine, theirs, stop } = await connected()
      if (!late) close(theirs)
      const words = wait(mine)
      if (late) setTimeout(() => close(theirs), 10)
      // at once a reset may not be told from a socket of another kind
      await words.then(
        () => assert.is(how, 'resets'),
        (error) => assert.match(error.message, /closed the connection/),
      )
      stop()
    })
  }
}

test('it stops when it is told to, and closes the connection', async () => {
  const { mine, stop } = await connected()
  const controller = new AbortController()
  const words = wait(mine, controller.signal)
  controller.abort(new Error('enough'))
  await words.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'enough'),
  )
  assert.ok(mine.socket.destroyed)
  stop()
})

test('of a unix socket it cannot be seen: connected is enough', async () => {
  const listener = await listen(() => {}, { path: `\0byway-proof-${process.pid}` })
  const never = new AbortController().signal
  const mine = await openSocket({ path: `\0byway-proof-${process.pid}` }, {}, never)
  const words = wait(mine)
  await words
  mine.close()
  listener.stop()
})

test.run()

function wait(mine: PulledSocket, signal = new AbortController().signal): Promise<void> {
  return awaitWords(mine, signal, systemClock)
}

/** Resolves after the clock went on that many times: time for several looks. */
async function again(times: number): Promise<string> {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setTimeout(resolve, 1))
  return 'nothing yet'
}

async function connected() {
  const listener: Listener = await listen((socket) => socket.on('error', () => {}).resume())
  const { host, port } = listener
  const mine = await openSocket({ host, port }, {}, new AbortController().signal)
  const theirs = await listener.next()
  const stop = () => {
    mine.close()
    listener.stop()
  }
  return { mine, theirs, stop }
}
