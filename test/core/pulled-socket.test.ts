import { once } from 'node:events'
import type { Socket } from 'node:net'
import * as assert from 'uvu/assert'
import type { PulledSocket } from '../../src/core/pulled-socket.ts'
import { readElsewhere } from '../helpers/elsewhere.ts'
import { caughtByway } from '../helpers/errors.ts'
import { settled } from '../helpers/fake-clock.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { meetPulled } from '../helpers/meet-pulled.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'

const MIB = 1024 * 1024
const WIDE = 64 * 1024

const test = suite<{ server: Listener }>('core/pulled-socket')
const random = new Random('core/pulled-socket')

test.before(async (context) => {
  context.server = await listen(() => {})
})
test.after(({ server }) => server.stop())

test('nothing is read that was not asked for', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  await send(peer, 'SSH-2.0-peer\r\n')
  peer.end()
  assert.is((await readElsewhere(pulled.socket)).toString(), 'SSH-2.0-peer\r\n')
})

test('narrow: a read takes one byte, all others stay in the kernel', async ({ server }) => {
  const bytes = random.bytes(40)
  for (const count of [1, 2, random.between(3, 38), 39]) {
    const { pulled, peer } = await meetPulled(server, true)
    await send(peer, bytes)
    peer.end()
    const taken = await readTimes(pulled, count)
    assert.equal(
      taken.map((read) => read.length),
      new Array(count).fill(1),
    )
    const rest = await readElsewhere(pulled.socket)
    assert.ok(Buffer.concat([...taken, rest]).equals(bytes), `after ${count} bytes`)
  }
})

test('wide: a read takes no more than 64 KiB, the rest stays in the kernel', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const bytes = random.bytes(100_000)
  await send(peer, bytes)
  peer.end()
  const [first = Buffer.alloc(0)] = await readTimes(pulled, 1)
  assert.ok(first.length <= WIDE)
  const rest = await readElsewhere(pulled.socket)
  assert.ok(Buffer.concat([first, rest]).equals(bytes))
})

test('widened: not one byte is lost between narrow and wide', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server, true)
  const bytes = random.bytes(3000)
  await send(peer, bytes)
  peer.end()
  const head = await readTimes(pulled, random.between(1, 20))
  pulled.widen()
  const rest = await readAll(pulled)
  assert.ok(Buffer.concat([...head, ...rest]).equals(bytes))
  assert.ok(rest.length < 10, `${rest.length} reads`)
})

test('1 MiB arrives in reads of 64 KiB at most, byte for byte', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const bytes = random.bytes(1024 * 1024)
  peer.end(bytes)
  const reads = await readAll(pulled)
  assert.ok(Buffer.concat(reads).equals(bytes))
  const sizes = reads.map(({ length }) => length)
  assert.is(Math.max(...sizes), WIDE)
})

test('random chunks, both ways', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const [out, back] = [random.bytes(200_000), random.bytes(200_000)]
  const heard: Buffer[] = []
  peer.on('data', (chunk: Buffer) => heard.push(chunk))
  const ended = once(peer, 'end')
  const writing = (async () => {
    for (const piece of random.chop(out, 5000)) await pulled.write(piece)
    await pulled.end()
  })()
  for (const piece of random.chop(back, 5000)) peer.write(piece)
  peer.end()
  const reads = await readAll(pulled)
  await writing
  await ended
  assert.ok(Buffer.concat(reads).equals(back))
  assert.ok(Buffer.concat(heard).equals(out))
})

test('the peer’s end is null, as often as one asks', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  peer.end('bye')
  assert.equal((await readAll(pulled)).map(String), ['bye'])
  assert.is(await pulled.read(), null)
  assert.is(await pulled.read(), null)
})

test('a read that waits gets the end', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const waiting = pulled.read()
  peer.end()
  assert.is(await waiting, null)
})

test('half-close: our end is a FIN, and reading goes on', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const ended = once(peer.resume(), 'end')
  await pulled.write(Buffer.from('x'))
  await pulled.end()
  await ended
  peer.end('still here')
  assert.equal((await readAll(pulled)).map(String), ['still here'])
})

test('half-close: after the peer’s end writing goes on', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const heard = once(peer, 'data')
  peer.end()
  assert.is(await pulled.read(), null)
  await pulled.write(Buffer.from('still here'))
  assert.equal(String(await heard), 'still here')
  pulled.close()
})

test('a reset breaks reads and writes', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const waiting = pulled.read()
  peer.resetAndDestroy()
  const error = await caughtByway('IOERR', waiting)
  assert.is(error.message, 'the peer: connection reset by peer')
  await caughtByway('IOERR', pulled.read())
  await caughtByway('IOERR', Promise.resolve(pulled.write(Buffer.from('x'))))
  await pulled.end()
})

test('close releases at once, and breaks whoever waits', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const waiting = caughtByway('IOERR', pulled.read())
  const gone = once(peer.resume(), 'close')
  pulled.close()
  pulled.close()
  await waiting
  await caughtByway('IOERR', pulled.read())
  await caughtByway('IOERR', Promise.resolve(pulled.write(Buffer.from('x'))))
  await soon('the end of a closed one', pulled.end())
  peer.end()
  await gone
})

test('read ahead: the end is seen, what is in use stays as it is, and not a byte is lost', async ({
  server,
}) => {
  const { pulled, peer } = await meetPulled(server)
  const bytes = random.bytes(400_000)
  let release: () => void = () => {}
  const use = new Promise<void>((resolve) => {
    release = resolve
  })
  const taken: Buffer[] = []
  let lent: Uint8Array = Buffer.alloc(0)
  const flowing = pulled.flow((piece) => {
    taken.push(Buffer.from(piece))
    lent = piece
    return taken.length === 1 ? use : null
  })
  peer.end(bytes)
  await until('the first piece', () => taken.length === 1)
  await soon('the end', pulled.readAhead(MIB))
  assert.ok(taken[0]?.equals(lent), 'the piece in use was overwritten')
  release()
  await soon('all', flowing)
  assert.ok(Buffer.concat(taken).equals(bytes))
  await soon('the end once more', pulled.readAhead(MIB))
})

test('read ahead: no further than its limit', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  const bytes = random.bytes(32 * MIB)
  peer.end(bytes)
  let seen = false
  void pulled.readAhead(MIB).then(() => {
    seen = true
  })
  for (let turn = 0; turn < 1000; turn++) await settled()
  assert.ok(pulled.socket.bytesRead < MIB + 2 * WIDE, `${pulled.socket.bytesRead} were read`)
  assert.not.ok(seen)
  void pulled.readAhead(MIB)
  for (let turn = 0; turn < 1000; turn++) await settled()
  assert.ok(pulled.socket.bytesRead < MIB + 2 * WIDE, 'nor further, asked again')
  assert.ok(Buffer.concat(await readAll(pulled)).equals(bytes))
})

test('a write resolves only when the peer takes it', async ({ server }) => {
  const { pulled, peer } = await meetPulled(server)
  peer.pause()
  let written = false
  const writing = Promise.resolve(pulled.write(Buffer.alloc(32 * 1024 * 1024))).then(() => {
    written = true
  })
  for (let turn = 0; turn < 100; turn++) await settled()
  assert.not.ok(written, '32 MiB are more than the kernel holds')
  peer.resume()
  await writing
  pulled.close()
})

test.run()

/** Resolves when the bytes are in the kernel, and whoever reads ahead has had the time to. */
async function send(peer: Socket, bytes: string | Buffer): Promise<void> {
  await new Promise((resolve) => peer.write(bytes, resolve))
  for (let turn = 0; turn < 5; turn++) await settled()
}

async function readTimes(pulled: PulledSocket, count: number): Promise<Buffer[]> {
  const reads: Buffer[] = []
  for (let i = 0; i < count; i++) {
    const bytes = await pulled.read()
    assert.ok(bytes !== null && bytes.length > 0, 'a read gives one byte at least')
    reads.push(Buffer.from(bytes))
  }
  return reads
}

async function readAll(pulled: PulledSocket): Promise<Buffer[]> {
  const reads: Buffer[] = []
  for (let bytes = await pulled.read(); bytes !== null; bytes = await pulled.read()) {
    reads.push(Buffer.from(bytes))
  }
  return reads
}
