import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { caught } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { settled } from '../helpers/fake-clock.ts'
import { startScript, type Turn } from '../helpers/scripted-proxy.ts'
import * as socks from '../helpers/socks-bytes.ts'
import { soon } from '../helpers/soon.ts'

const HOST = 'web.example'
const WANTED = socks.request(socks.name(HOST), 22)
const LOGIN = socks.login('me', 'hunter2')
const METHOD: Turn = { takes: 4, says: socks.method(2) }
const VERDICT: Turn = { takes: LOGIN.length, says: socks.verdict(0) }

/** What stdin, stdout and stderr are, when they are pipes. */
const STDIO = openHandles()

const test = suite('transports/socks: abort')

const STAGES: readonly [name: string, turns: readonly Turn[]][] = [
  ['it has said nothing', [{ takes: 4, says: Buffer.alloc(0) }]],
  ['the first byte', [{ takes: 4, says: Buffer.from([5]) }]],
  ['it has chosen the method', [METHOD]],
  ['it has the password', [METHOD, { takes: LOGIN.length, says: Buffer.alloc(0) }]],
  ['it has taken the password', [METHOD, VERDICT]],
  ['it has the request', [METHOD, VERDICT, { takes: WANTED.length, says: Buffer.alloc(0) }]],
  [
    'half of the reply',
    [METHOD, VERDICT, { takes: WANTED.length, says: socks.reply(0).subarray(0, 6) }],
  ],
]

for (const [name, turns] of STAGES) {
  test(`when the proxy is at: ${name}`, async () => {
    const proxy = await startScript(turns)
    const attempt = new FakeAttempt()
    const known = { at: proxy.at, user: 'me', password: new Secret('hunter2') }
    const dial = caught(dialSocks(known, { host: HOST, port: 22 }, attempt))
    const peer = await proxy.next()
    await soon('the script', proxy.played)
    const ended = gone(peer)
    attempt.abort('enough')
    assert.is(await soon('the dial', dial), 'enough')
    await soon('the end of the connection', ended)
    proxy.stop()
    await noSocketIsLeft()
  })
}

test('before it begins: no connection is made', async () => {
  const proxy = await startScript([])
  const attempt = new FakeAttempt()
  attempt.abort('never mind')
  const dial = dialSocks({ at: proxy.at }, { host: HOST, port: 22 }, attempt)
  assert.is(await caught(dial), 'never mind')
  await settled()
  assert.is(proxy.connections, 0)
  proxy.stop()
  await noSocketIsLeft()
})

test('while it connects: the connection is released', async () => {
  const proxy = await startScript([])
  const attempt = new FakeAttempt()
  const dial = caught(dialSocks({ at: proxy.at }, { host: HOST, port: 22 }, attempt))
  attempt.abort('too slow')
  assert.is(await soon('the dial', dial), 'too slow')
  proxy.stop()
  await noSocketIsLeft()
})

test('after it is done: the stream lives on', async () => {
  const turns = [
    { takes: 3, says: socks.method(0) },
    { takes: WANTED.length, says: Buffer.concat([socks.reply(0), Buffer.from('x')]) },
  ]
  const proxy = await startScript(turns)
  const attempt = new FakeAttempt()
  const connection = await dialSocks({ at: proxy.at }, { host: HOST, port: 22 }, attempt)
  attempt.abort('another won')
  assert.equal(Buffer.from((await connection.read()) ?? []).toString(), 'x')
  connection.close()
  proxy.stop()
  await noSocketIsLeft()
})

test('a dial that failed leaves no socket', async () => {
  const proxy = await startScript([{ takes: 3, says: socks.method(0xff) }])
  const dial = dialSocks({ at: proxy.at }, { host: HOST, port: 22 }, new FakeAttempt())
  const peer = await proxy.next()
  const ended = gone(peer)
  await caught(dial)
  await soon('the end of the connection', ended)
  proxy.stop()
  await noSocketIsLeft()
})

test.run()

/** Resolves when the client has ended or reset it. */
function gone(peer: Socket): Promise<void> {
  return new Promise((resolve) => {
    peer.on('end', resolve).on('close', resolve)
  })
}

/** Fails when this process holds an open connection. */
async function noSocketIsLeft(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await settled()
  assert.equal(openHandles(), STDIO)
}

function openHandles(): string[] {
  const handles = process.getActiveResourcesInfo()
  return handles.filter((handle) => /^(TCPSocket|Pipe|TCPConnect|PipeConnect)Wrap$/.test(handle))
}
