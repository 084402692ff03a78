import { once } from 'node:events'
import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import type { HttpProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Target } from '../../src/core/types.ts'
import { dialHttpConnect } from '../../src/transports/http-connect.ts'
import { readElsewhere } from '../helpers/elsewhere.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { readConnection } from '../helpers/read-connection.ts'
import { type ScriptedProxy, type ScriptOptions, startScript } from '../helpers/scripted-proxy.ts'
import { soon } from '../helpers/soon.ts'

const BANNER = 'SSH-2.0-peer\r\n'
const HOST = 'web.office.example'
const REQUEST = connectTo(`${HOST}:2222`)

const test = suite('transports/http-connect')

test('asks for a name, which the proxy resolves, and names the proxy', async () => {
  const proxy = await startScript([{ takes: REQUEST.length, says: Buffer.from(answer('200 OK')) }])
  const attempt = new FakeAttempt()
  const connection = await dial(proxy, { host: HOST, port: 2222 }, attempt)
  assert.is(proxy.heard().toString(), REQUEST)
  assert.equal(attempt.stages, ['connect', 'proxy'])
  assert.is(connection.description, `127.0.0.1:${proxy.port}`)
  connection.close()
  proxy.stop()
})

const TARGETS: readonly [host: string, authority: string][] = [
  ['192.0.2.7', '192.0.2.7:22'],
  ['::1', '[::1]:22'],
  ['2001:db8::7', '[2001:db8::7]:22'],
  ['web', 'web:22'],
  ['bücher.example', 'xn--bcher-kva.example:22'],
  ['under_score.example', 'under_score.example:22'],
]

for (const [host, authority] of TARGETS) {
  test(`asks for ${host} as ${authority}`, async () => {
    const wanted = connectTo(authority)
    const proxy = await startScript([{ takes: wanted.length, says: Buffer.from(answer('200 OK')) }])
    const connection = await soon('the dial', dial(proxy, { host: new Secret(host), port: 22 }))
    assert.is(proxy.heard().toString(), wanted)
    connection.close()
    proxy.stop()
  })
}

const HOSTILE = [
  'a b',
  'web\r\nX-Evil: 1',
  'web\0',
  'me@web',
  'web/x',
  'web:1',
  '[::1',
  'ü\u0000',
  '',
]

for (const host of HOSTILE) {
  test(`does not ask for ${JSON.stringify(host)}`, async () => {
    const proxy = await startScript([])
    const work = dial(proxy, { host: new Secret(host), port: 22 })
    const error = await caughtByway('DATAERR', work)
    if (host.length > 1) hides(error, host)
    assert.is(proxy.connections, 0)
    proxy.stop()
  })
}

const ANSWERS: readonly [name: string, head: string][] = [
  ['200', answer('200 Connection established')],
  ['200, HTTP/1.0 and without a reason', 'HTTP/1.0 200\r\n\r\n'],
  ['201', answer('201 Created')],
  ['headers', answer('200 OK', 'Via: 1.1 office', 'Proxy-Agent: x')],
  ['a length, which means nothing here', answer('200 OK', 'Content-Length: 5')],
  ['line ends without CR', 'HTTP/1.1 200 OK\nVia: x\n\n'],
  ['an interim answer first', `${answer('100 Continue')}${answer('200 OK')}`],
  ['a head of 16 000 bytes', answer('200 OK', `X-Long: ${'x'.repeat(15_900)}`)],
]

const WAYS: readonly [name: string, options: ScriptOptions, take: Take][] = [
  ['in one segment with the first bytes', {}, readConnection],
  ['one byte at a time', { dribble: true }, readConnection],
  ['in one segment, the socket handed on', {}, ({ socket }) => readElsewhere(socket as Socket)],
]

type Take = (connection: Connection) => Promise<Buffer>

for (const [name, head] of ANSWERS) {
  for (const [way, options, take] of WAYS) {
    test(`answer: ${name}, ${way}: not a byte is lost`, async () => {
      const says = Buffer.from(head + BANNER)
      const turns = [{ takes: REQUEST.length, says }]
      const proxy = await startScript(turns, { ...options, ends: 'close' })
      const connection = await soon('the dial', dial(proxy, { host: HOST, port: 2222 }))
      assert.is((await soon('the banner', take(connection))).toString(), BANNER)
      connection.close()
      proxy.stop()
    })
  }
}

const LOGINS: readonly [name: string, user: string, password: string][] = [
  ['plain', 'me', 'hunter2'],
  ['with what URLs quote', 'a b/c', 'p@ss:w%rd'],
  ['not ASCII', 'jürgen', 'pässwörd€'],
  ['an empty password', 'me', ''],
]

for (const [name, user, password] of LOGINS) {
  test(`user and password: ${name}`, async () => {
    const basic = Buffer.from(`${user}:${password}`).toString('base64')
    const wanted = connectTo(`${HOST}:2222`, `Proxy-Authorization: Basic ${basic}`)
    const proxy = await startScript([{ takes: wanted.length, says: Buffer.from(answer('200 OK')) }])
    const known = { user, password: new Secret(password) }
    const connection = await soon('the dial', dial(proxy, TARGET, new FakeAttempt(), known))
    assert.is(proxy.heard().toString(), wanted)
    connection.close()
    proxy.stop()
  })
}

test('after the answer bytes go both ways, and each side ends by itself', async () => {
  const proxy = await startScript([{ takes: REQUEST.length, says: Buffer.from(answer('200 OK')) }])
  const connection = await dial(proxy, TARGET)
  const peer = await proxy.next()
  const ended = once(peer, 'end')
  await connection.write(Buffer.from('hello'))
  await connection.end()
  await ended
  assert.ok(proxy.heard().toString().endsWith('\r\n\r\nhello'))
  peer.end('and goodbye')
  assert.is((await readConnection(connection)).toString(), 'and goodbye')
  connection.close()
  proxy.stop()
})

test('an attempt that is over', async () => {
  const proxy = await startScript([])
  const attempt = new FakeAttempt()
  const asked = attempt.reaches('proxy')
  const work = dial(proxy, TARGET, attempt).catch((error: unknown) => error)
  const peer = await proxy.next()
  const ended = once(peer, 'end')
  await asked
  attempt.abort('enough')
  assert.is(await soon('the dial', work), 'enough')
  await soon('the end of the connection', ended)
  proxy.stop()
})

const TARGET: Target = { host: HOST, port: 2222 }

test.run()

function answer(status: string, ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
}

function connectTo(authority: string, ...headers: readonly string[]): string {
  return [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...headers, '', ''].join('\r\n')
}

function dial(
  { host, port }: ScriptedProxy,
  target: Target,
  ...[attempt = new FakeAttempt(), known = {}]: [FakeAttempt?, Partial<HttpProxy>?]
): Promise<Connection> {
  return dialHttpConnect({ host, port, tls: false, ...known }, target, attempt)
}
