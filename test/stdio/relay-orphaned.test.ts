import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { caughtByway } from '../helpers/errors.ts'
import { settled } from '../helpers/fake-clock.ts'
import { begin } from '../helpers/relay-sides.ts'
import { soon } from '../helpers/soon.ts'

/** Milliseconds: small, so that the tests are fast. */
const STUCK = 20

const test = suite('stdio/relay, its ssh gone')

test('stdin has ended and ssh is gone: the end', async () => {
  const { stdio, peer, done } = begin()
  stdio.orphan = true
  stdio.give(null)
  const began = performance.now()
  await soon('the end', done)
  assert.ok(performance.now() - began < 5000)
  assert.ok(peer.closed)
})

test('ssh is gone and stdin still open: bytes go on', async () => {
  const { stdio, peer, done } = begin()
  stdio.orphan = true
  stdio.give(Buffer.from('x'))
  await soon(
    'it',
    peer.until(() => peer.written.length === 1),
  )
  peer.give(null)
  await soon('the end', done)
})

test('the peer takes nothing, and ssh is gone: its end is looked for, and what is lost is told', async () => {
  const { stdio, peer, done } = begin({ stuck: STUCK })
  peer.hold()
  stdio.give(Buffer.from('stuck'))
  const failure = caughtByway('IOERR', soon('the end', done))
  await delay(5 * STUCK)
  assert.is(stdio.aheads, 0)
  stdio.orphan = true
  await soon(
    'a look ahead',
    stdio.until(() => stdio.aheads === 1),
  )
  stdio.seeEnd()
  await delay(5 * STUCK)
  assert.not.ok(peer.closed, 'it may be slow')
  assert.match((await failure).message, 'the peer: it takes nothing more')
  assert.ok(peer.closed)
  assert.is(stdio.aheads, 1)
})

test('the peer takes nothing for long, ssh is gone and its end not seen: all is waited for', async () => {
  const { stdio, peer, done } = begin({ stuck: STUCK })
  peer.hold()
  stdio.orphan = true
  stdio.give(Buffer.from('1'), Buffer.from('2'), null)
  await delay(40 * STUCK)
  assert.not.ok(peer.closed)
  peer.release()
  await soon('the end', done)
  assert.is(peer.written.toString(), '12')
})

test('the peer takes a piece now and then, and ssh is gone: all arrives', async () => {
  const { stdio, peer, done } = begin({ stuck: STUCK })
  stdio.orphan = true
  const pieces = Array.from({ length: 10 }, (_, i) => Buffer.from(String(i)))
  peer.hold()
  stdio.give(...pieces, null)
  for (const i of pieces.keys()) {
    await delay(5 * STUCK)
    stdio.seeEnd()
    const taken = peer.until(() => peer.written.length === i + 1)
    peer.release()
    peer.hold()
    await soon('a piece', taken)
  }
  peer.release()
  await soon('the end', done)
  assert.is(peer.written.toString(), '0123456789')
  assert.ok(peer.ended)
})

test('the peer takes nothing for long, and ssh is there: nothing more is read, and all arrives', async () => {
  const { stdio, peer, done } = begin({ stuck: STUCK })
  peer.hold()
  stdio.give(Buffer.from('1'), Buffer.from('2'), null)
  await delay(40 * STUCK)
  assert.equal([stdio.aheads, stdio.reads], [0, 1])
  peer.release()
  await soon(
    'the end at the peer',
    peer.until(() => peer.ended),
  )
  assert.is(peer.written.toString(), '12')
  peer.give(null)
  await soon('the end', done)
})

for (const ends of ['stdin ends first', 'the peer ends first', 'the peer is stuck'] as const) {
  test(`no timer is left: ${ends}`, async () => {
    const before = timers()
    const { stdio, peer, done } = begin()
    if (ends === 'the peer is stuck') {
      peer.hold()
      stdio.give(Buffer.from('stuck'))
    }
    if (ends === 'stdin ends first') stdio.give(null)
    await settled()
    peer.give(null)
    await done
    stdio.give(null)
    for (let turn = 0; turn < 5; turn++) await settled()
    assert.is(timers(), before)
  })
}

test.run()

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
