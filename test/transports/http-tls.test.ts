import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialHttpConnect } from '../../src/transports/http-connect.ts'
import { Authority } from '../helpers/certificates.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { startHttpProxy, type TestHttpProxy } from '../helpers/http-proxy.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { NONSENSE } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { readConnection } from '../helpers/read-connection.ts'
import { soon } from '../helpers/soon.ts'
import { readAll } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'

const LOGIN = { user: 'wallaby', password: new Secret('correct horse') }
const BANNER = 'SSH-2.0-peer\r\n'

interface Context {
  authority: Authority
  proxy: TestHttpProxy
  peer: Listener
}

const test = suite<Context>('transports/http-connect: TLS')
const random = new Random('transports/http-connect: TLS')

test.before(async (context) => {
  context.authority = await Authority.make()
  const certificate = await context.authority.issue('DNS:localhost')
  context.proxy = await startHttpProxy({ certificate, login: 'wallaby:correct horse' })
  context.peer = await listen((socket) => socket.write(BANNER))
})

test.after(({ proxy, peer }) => {
  proxy.stop()
  peer.stop()
})

test.before.each(trustNobody)
test.after.each(trustNobody)

for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const) {
  test(`trusts what ${variable} says; bytes go both ways, and each side ends by itself`, async (context) => {
    process.env[variable] = context.authority.file
    const connection = await open('localhost', context)
    assert.is(connection.socket, undefined, 'nothing that could be passed on')
    const socket = await context.peer.next()
    await connection.write(Buffer.from('hello'))
    await connection.end()
    assert.is((await soon('the end', readAll(socket))).toString(), 'hello')
    socket.end('and goodbye')
    const said = await soon('the bytes', readConnection(connection))
    assert.is(said.toString(), `${BANNER}and goodbye`)
    connection.close()
  })
}

test('many bytes, both ways at once, to somebody who takes little and takes breaks', async (context) => {
  process.env['NODE_EXTRA_CA_CERTS'] = context.authority.file
  const echo = await listen((socket) => socket.pipe(socket))
  const connection = await open('localhost', { ...context, peer: echo })
  const bytes = random.bytes(2_000_000)
  const back = sipConnection(connection)
  for (const piece of random.chop(bytes, 60_000)) await connection.write(piece)
  await connection.end()
  assert.ok((await soon('the echo', back)).equals(bytes))
  connection.close()
  echo.stop()
})

test('an authority that nobody trusts', async (context) => {
  const error = await caughtByway('UNAVAILABLE', open('localhost', context))
  assert.match(error.message, /: its certificate is signed by nobody who is trusted here/)
  hides(error, 'correct horse')
})

test('a certificate for another name', async (context) => {
  process.env['NODE_EXTRA_CA_CERTS'] = context.authority.file
  const asked = context.proxy.asked.length
  const error = await caughtByway('UNAVAILABLE', open('127.0.0.1', context))
  assert.match(error.message, /: its certificate is for another name/)
  assert.is(context.proxy.asked.length, asked, 'and the password stays here')
})

test('a proxy that speaks no TLS', async (context) => {
  const plain = await listen((socket) => void socket.end(NONSENSE))
  const proxy = { ...context.proxy, port: plain.port }
  const error = await caughtByway('UNAVAILABLE', open('127.0.0.1', { ...context, proxy }))
  assert.match(error.message, /: does not speak TLS$/)
  plain.stop()
})

test('a wrong password', async (context) => {
  process.env['NODE_EXTRA_CA_CERTS'] = context.authority.file
  const password = new Secret('wrong')
  const target = { host: '127.0.0.1', port: context.peer.port }
  const known = { host: 'localhost', port: context.proxy.port, tls: true, ...LOGIN, password }
  const work = dialHttpConnect(known, target, new FakeAttempt())
  const error = await caughtByway('UNAVAILABLE', soon('the dial', work))
  assert.match(error.message, /407 Proxy Authentication Required": it wants user and password/)
})

test.run()

async function sipConnection(connection: Connection): Promise<Buffer> {
  const reads: Buffer[] = []
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    reads.push(Buffer.from(bytes))
    if (random.percent(30)) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Buffer.concat(reads)
}

function trustNobody(): void {
  for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) delete process.env[variable]
}

function open(host: string, { proxy, peer }: Context): Promise<Connection> {
  const known = { host, port: proxy.port, tls: true, ...LOGIN }
  const target = { host: '127.0.0.1', port: peer.port }
  return soon('the dial', dialHttpConnect(known, target, new FakeAttempt()))
}
