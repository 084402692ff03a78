import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { speaksSocks } from '../../src/transports/socks-proxy.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { REFUSING } from '../helpers/peers.ts'
import { type ScriptOptions, startScript } from '../helpers/scripted-proxy.ts'
import * as socks from '../helpers/socks-bytes.ts'
import { soon } from '../helpers/soon.ts'

const test = suite('transports/socks-proxy: speaksSocks')

const ANSWERS: readonly [name: string, says: Buffer, options: ScriptOptions, expected: boolean][] =
  [
    ['takes us without a password', socks.method(0), {}, true],
    ['one byte at a time', socks.method(0), { dribble: true }, true],
    ['accepts none of our methods', socks.method(0xff), {}, true],
    ['wants a password', socks.method(2), {}, true],
    ['says more than that', Buffer.concat([socks.method(0), Buffer.from('more')]), {}, true],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), {}, false],
    ['an SSH server', Buffer.from('SSH-2.0-x\r\n'), {}, false],
    ['SOCKS4', Buffer.from([0, 0x5b, 0, 0]), {}, false],
    ['closes without a word', Buffer.alloc(0), { ends: 'close' }, false],
    ['resets without a word', Buffer.alloc(0), { ends: 'reset' }, false],
  ]

for (const [name, says, options, expected] of ANSWERS) {
  test(`${name}: ${expected}`, async () => {
    const proxy = await startScript([{ takes: 3, says }], options)
    const answer = speaksSocks({ at: proxy.at }, new AbortController().signal)
    assert.is(await soon('the answer', answer), expected)
    assert.ok(proxy.heard().equals(socks.GREETING))
    proxy.stop()
  })
}

test('a proxy that is found not to be the right one does not count', async () => {
  const proxy = await startScript([{ takes: 3, says: socks.method(0) }])
  const vet = () => {
    throw new BywayError('UNAVAILABLE', 'a stranger')
  }
  const answer = speaksSocks({ at: proxy.at, vet }, new AbortController().signal)
  assert.is(await soon('the answer', answer), false)
  proxy.stop()
})

test('offers a password where there is one, and does not say it', async () => {
  const proxy = await startScript([{ takes: 4, says: socks.method(2) }])
  const known = { at: proxy.at, user: 'me', password: new Secret('hunter2') }
  assert.is(await speaksSocks(known, new AbortController().signal), true)
  assert.ok(proxy.heard().equals(socks.GREETING_WITH_USER))
  proxy.stop()
})

test('on a unix socket', async () => {
  const path = join(makeFolder(), 'socks')
  const proxy = await startScript([{ takes: 3, says: socks.method(0) }], { path })
  assert.is(await speaksSocks({ at: { path } }, new AbortController().signal), true)
  proxy.stop()
})

test('nobody listens: false', async () => {
  const { signal } = new AbortController()
  assert.is(await speaksSocks({ at: REFUSING }, signal), false)
  assert.is(await speaksSocks({ at: { path: '/nowhere/socks' } }, signal), false)
})

test('silence: false when the signal aborts, and the connection is released', async () => {
  const proxy = await startScript([{ takes: 3, says: Buffer.alloc(0) }])
  const abort = new AbortController()
  const answer = speaksSocks({ at: proxy.at }, abort.signal)
  const peer = await proxy.next()
  await proxy.played
  abort.abort()
  assert.is(await soon('the answer', answer), false)
  peer.end()
  await soon('the end', new Promise((resolve) => peer.on('close', resolve)))
  proxy.stop()
})

test('aborted before: false, and no connection is made', async () => {
  const proxy = await startScript([{ takes: 3, says: socks.method(0) }])
  assert.is(await speaksSocks({ at: proxy.at }, AbortSignal.abort()), false)
  assert.is(proxy.connections, 0)
  proxy.stop()
})

test.run()
