import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { settled } from '../helpers/fake-clock.ts'
import { begin } from '../helpers/relay-sides.ts'
import { soon } from '../helpers/soon.ts'

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

test('the peer takes nothing, and ssh is gone: its end is looked for behind what is there', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.orphan = true
  stdio.give(Buffer.from('stuck'))
  await soon(
    'a look ahead',
    stdio.until(() => stdio.aheads === 1),
  )
  assert.not.ok(peer.closed)
  stdio.seeEnd()
  await soon('the end', done)
  assert.ok(peer.closed)
})

test('the peer takes nothing for long, and ssh is there: nothing more is read, and all arrives', async () => {
  const { stdio, peer, done } = begin()
  peer.hold()
  stdio.give(Buffer.from('1'), Buffer.from('2'), null)
  await delay(2500)
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
