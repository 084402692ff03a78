import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { caught } from '../helpers/errors.ts'
import { settled } from '../helpers/fake-clock.ts'
import { Random } from '../helpers/random.ts'
import { begin } from '../helpers/relay-sides.ts'
import { soon } from '../helpers/soon.ts'

const test = suite('stdio/relay')
const random = new Random('stdio/relay')

test('200 conversations in random chunks, both ways, byte for byte', async () => {
  for (let i = 0; i < 200; i++) {
    const { peer, stdio, done } = begin()
    const [up, down] = [random.bytes(random.between(0, 500)), random.bytes(random.between(0, 500))]
    const [ups, downs] = [random.chop(up, 60), random.chop(down, 60)]
    while (ups.length + downs.length > 0) {
      const [side, chunks] = random.percent(50) ? [stdio, ups] : [peer, downs]
      side.give(...chunks.splice(0, random.between(1, 3)))
      if (random.percent(30)) await settled()
    }
    stdio.give(null)
    await soon(
      'stdin’s end at the peer',
      peer.until(() => peer.ended),
    )
    peer.give(null)
    await soon('the end', done)
    assert.ok(peer.written.equals(up) && stdio.written.equals(down))
    assert.ok(peer.closed)
  }
})

test('what the peer had said before goes first', async () => {
  const { stdio, peer, done } = begin({ head: [Buffer.from('one '), Buffer.from('two ')] })
  peer.give(Buffer.from('three'), null)
  await soon('the end', done)
  assert.is(stdio.written.toString(), 'one two three')
})

test('the end of stdin is told to the peer, and reading goes on', async () => {
  const { stdio, peer, done } = begin()
  stdio.give(Buffer.from('last words'), null)
  await soon(
    'the end at the peer',
    peer.until(() => peer.ended),
  )
  assert.is(peer.written.toString(), 'last words')
  peer.give(Buffer.from('an answer'))
  await soon(
    'the answer',
    stdio.until(() => stdio.written.length > 0),
  )
  peer.give(Buffer.from(', and more'), null)
  await soon('the end', done)
  assert.is(stdio.written.toString(), 'an answer, and more')
})

test('the end of stdin is told when all before it is written', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('x'), null)
  await settled()
  assert.not.ok(peer.ended)
  peer.release()
  await soon(
    'the end at the peer',
    peer.until(() => peer.ended),
  )
  peer.give(null)
  await soon('the end', done)
})

test('the peer’s end is the end, though stdin stays open', async () => {
  const { stdio, peer, done } = begin()
  peer.give(Buffer.from('bye'), null)
  const began = performance.now()
  await soon('the end', done)
  assert.ok(performance.now() - began < 5000)
  assert.is(stdio.written.toString(), 'bye')
  assert.ok(peer.closed)
})

test('the peer’s end waits until stdout has taken all', async () => {
  const { stdio, peer, done } = begin()
  stdio.hold()
  let over = false
  const end = done.then(() => {
    over = true
  })
  peer.give(Buffer.from('bye'), null)
  for (let turn = 0; turn < 20; turn++) await settled()
  assert.not.ok(over || peer.closed)
  stdio.release()
  await soon('the end', end)
  assert.is(stdio.written.toString(), 'bye')
})

test('what was taken from stdin may leave though the peer has ended', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('on its way'))
  await settled()
  peer.give(null)
  // by microtasks alone: no pause of the computer is long enough for the relay's timer to ring
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  peer.release()
  await soon('the end', done)
  assert.is(peer.written.toString(), 'on its way')
})

test('a peer that ended and takes nothing more is not waited for', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('never'))
  await settled()
  peer.give(null)
  const began = performance.now()
  await soon('the end', done)
  assert.ok(performance.now() - began < 5000)
})

test('a slow reader: one buffer is taken from the peer, and no more', async () => {
  const { stdio, peer, done } = begin()
  stdio.hold()
  peer.give(Buffer.from('1'), Buffer.from('2'), Buffer.from('3'), null)
  for (let turn = 0; turn < 20; turn++) await settled()
  assert.is(peer.reads, 1)
  stdio.release()
  await soon('the end', done)
  assert.is(stdio.written.toString(), '123')
})

test('a slow peer: one buffer is taken from stdin, and no more', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('1'), Buffer.from('2'), Buffer.from('3'))
  for (let turn = 0; turn < 20; turn++) await settled()
  assert.is(stdio.reads, 1)
  peer.release()
  await soon(
    'all',
    peer.until(() => peer.written.length === 3),
  )
  peer.give(null)
  await soon('the end', done)
})

test('a direction that is stuck does not hold up the other', async () => {
  for (const [stuck, free] of [
    ['peer', 'stdio'],
    ['stdio', 'peer'],
  ] as const) {
    const { done, ...sides } = begin()
    sides[stuck].hold()
    sides[free].give(Buffer.from('stuck'))
    sides[stuck].give(Buffer.from('free'))
    await soon(
      'the free one',
      sides[free].until(() => sides[free].written.length === 4),
    )
    sides[stuck].release()
    sides.peer.give(null)
    await soon('the end', done)
  }
})

test('the connection breaks: its error is thrown, and it is closed', async () => {
  const { peer, done } = begin()
  const fault = new Error('reset')
  peer.give(fault)
  assert.is(await soon('the error', caught(done)), fault)
  assert.ok(peer.closed)
})

test('stdout breaks: its error is thrown, and the peer is closed', async () => {
  const { stdio, peer, done } = begin()
  const fault = new Error('nobody reads')
  stdio.breakWrites(fault)
  peer.give(Buffer.from('x'))
  assert.is(await soon('the error', caught(done)), fault)
  assert.ok(peer.closed)
})

test('writing to the peer fails: what reading says of it is thrown', async () => {
  const { stdio, peer, done } = begin()
  peer.breakWrites(new Error('broken pipe'))
  stdio.give(Buffer.from('x'))
  await settled()
  const fault = new Error('reset')
  peer.give(Buffer.from('last words'), fault)
  assert.is(await soon('the error', caught(done)), fault)
  assert.is(stdio.written.toString(), 'last words')
})

test('stdin breaks: the peer may go on talking', async () => {
  const { stdio, peer, done } = begin()
  stdio.give(new Error('no stdin'))
  await settled()
  peer.give(Buffer.from('still here'), null)
  await soon('the end', done)
  assert.is(stdio.written.toString(), 'still here')
})

test('the peer ended, and what was on its way to it failed: no failure', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('on its way'))
  await settled()
  peer.give(null)
  await settled()
  peer.breakWrites(new Error('broken pipe'))
  peer.release()
  await soon('the end', done)
})

test.run()
