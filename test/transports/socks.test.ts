import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import type { SocksProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { readElsewhere } from '../helpers/elsewhere.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { type ScriptOptions, startScript, type Turn } from '../helpers/scripted-proxy.ts'
import * as socks from '../helpers/socks-bytes.ts'
import { soon } from '../helpers/soon.ts'

const BANNER = 'SSH-2.0-peer\r\n'
const HOST = 'web.office.example'
const WANTED = socks.request(socks.name(HOST), 2222)

const test = suite('transports/socks')

test('asks for a name, which the proxy resolves, and names the proxy', async () => {
  const proxy = await startScript(script(WANTED, socks.reply(0)))
  const attempt = new FakeAttempt()
  const connection = await dialSocks({ at: proxy.at }, { host: HOST, port: 2222 }, attempt)
  assert.ok(proxy.heard().equals(Buffer.concat([socks.GREETING, WANTED])))
  assert.equal(attempt.stages, ['connect', 'proxy'])
  assert.is(connection.description, `127.0.0.1:${proxy.port}`)
  connection.close()
  proxy.stop()
})

const TARGETS: readonly [host: string, address: Buffer][] = [
  ['192.0.2.7', socks.ipv4(192, 0, 2, 7)],
  ['255.255.255.255', socks.ipv4(255, 255, 255, 255)],
  ['::1', socks.ipv6(0, 0, 0, 0, 0, 0, 0, 1)],
  ['2001:db8:1:2:3:4:5:6', socks.ipv6(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6)],
  ['::ffff:192.0.2.7', socks.ipv6(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x207)],
  ['web', socks.name('web')],
  ['a.'.repeat(127).slice(0, 253), socks.name('a.'.repeat(127).slice(0, 253))],
  ['bücher.example', socks.name('xn--bcher-kva.example')],
]

for (const [host, address] of TARGETS) {
  test(`asks for ${host.slice(0, 30)}`, async () => {
    const wanted = socks.request(address, 65535)
    const proxy = await startScript(script(wanted, socks.reply(0)))
    const dial = dialSocks(
      { at: proxy.at },
      { host: new Secret(host), port: 65535 },
      new FakeAttempt(),
    )
    const connection = await soon('the dial', dial)
    assert.is(
      proxy.heard().toString('hex'),
      Buffer.concat([socks.GREETING, wanted]).toString('hex'),
    )
    connection.close()
    proxy.stop()
  })
}

const REPLIES: readonly [name: string, reply: Buffer][] = [
  ['of 10 bytes, IPv4', socks.reply(0)],
  ['with 0.0.0.0', socks.reply(0, socks.ipv4(0, 0, 0, 0), 0)],
  ['of 22 bytes, IPv6', socks.reply(0, socks.ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7))],
  ['with an empty name', socks.reply(0, socks.name(''))],
  ['with a name of one letter', socks.reply(0, socks.name('x'))],
  ['with a name', socks.reply(0, socks.name('localhost'))],
  ['with a name of 255 letters', socks.reply(0, socks.name('x'.repeat(255)))],
]

const WAYS: readonly [name: string, options: ScriptOptions, take: Take][] = [
  ['in one segment with the first bytes', {}, readHere],
  ['one byte at a time', { dribble: true }, readAll],
  ['in one segment, the socket handed on', {}, ({ socket }) => readElsewhere(socket as Socket)],
]

type Take = (connection: Connection) => Promise<Buffer>

for (const [replyName, reply] of REPLIES) {
  for (const [wayName, options, take] of WAYS) {
    test(`a reply ${replyName}, ${wayName}: not a byte is lost`, async () => {
      const answer = Buffer.concat([reply, Buffer.from(BANNER)])
      const proxy = await startScript(script(WANTED, answer), { ...options, ends: 'close' })
      const dial = dialSocks({ at: proxy.at }, { host: HOST, port: 2222 }, new FakeAttempt())
      const connection = await soon('the dial', dial)
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
  ['as long as may be', 'u'.repeat(255), 'p'.repeat(255)],
  ['an empty password', 'me', ''],
]

for (const [name, user, password] of LOGINS) {
  test(`user and password: ${name}`, async () => {
    const said = [socks.GREETING_WITH_USER, socks.login(user, password), WANTED]
    const proxy = await startScript([
      { takes: 4, says: socks.method(2) },
      { takes: said[1]?.length ?? 0, says: socks.verdict(0) },
      { takes: WANTED.length, says: Buffer.concat([socks.reply(0), Buffer.from(BANNER)]) },
    ])
    const known: SocksProxy = { at: proxy.at, user, password: new Secret(password) }
    const connection = await soon(
      'the dial',
      dialSocks(known, { host: HOST, port: 2222 }, new FakeAttempt()),
    )
    assert.ok(proxy.heard().equals(Buffer.concat(said)))
    assert.is(String(Buffer.from((await connection.read()) ?? [])), 'S')
    connection.close()
    proxy.stop()
  })
}

test('a proxy that asks for no password gets none', async () => {
  const proxy = await startScript([
    { takes: 4, says: socks.method(0) },
    { takes: WANTED.length, says: socks.reply(0) },
  ])
  const known: SocksProxy = { at: proxy.at, user: 'me', password: new Secret('hunter2') }
  const connection = await dialSocks(known, { host: HOST, port: 2222 }, new FakeAttempt())
  assert.not.ok(proxy.heard().includes('hunter2'))
  connection.close()
  proxy.stop()
})

test('a proxy on a unix socket', async () => {
  const path = join(makeFolder(), 'socks')
  const turns = script(WANTED, Buffer.concat([socks.reply(0), Buffer.from(BANNER)]))
  const proxy = await startScript(turns, { path, ends: 'close' })
  const connection = await dialSocks(
    { at: { path } },
    { host: HOST, port: 2222 },
    new FakeAttempt(),
  )
  assert.is(connection.description, path)
  assert.is((await readHere(connection)).toString(), BANNER)
  connection.close()
  proxy.stop()
})

test('after the handshake bytes go both ways, and each side ends by itself', async () => {
  const turns = script(WANTED, socks.reply(0))
  const proxy = await startScript(turns)
  const connection = await dialSocks(
    { at: proxy.at },
    { host: HOST, port: 2222 },
    new FakeAttempt(),
  )
  const peer = await proxy.next()
  const ended = once(peer, 'end')
  await connection.write(Buffer.from('hello'))
  await connection.end()
  await ended
  assert.ok(proxy.heard().toString('latin1').endsWith('hello'))
  peer.end('and goodbye')
  assert.is((await readHere(connection)).toString(), 'and goodbye')
  connection.close()
  proxy.stop()
})

test.run()

function script(wanted: Buffer, answer: Buffer): Turn[] {
  return [
    { takes: socks.GREETING.length, says: socks.method(0) },
    { takes: wanted.length, says: answer },
  ]
}

async function readHere(connection: Connection): Promise<Buffer> {
  let reads = 0
  const read = () => {
    reads += 1
    return connection.read()
  }
  const bytes = await readAll({ read })
  assert.ok(reads <= 4, `it takes ${reads} reads though no handshake is left`)
  return bytes
}

async function readAll(from: Pick<Connection, 'read'>): Promise<Buffer> {
  const reads: Buffer[] = []
  for (let bytes = await from.read(); bytes !== null; bytes = await from.read()) {
    reads.push(Buffer.from(bytes))
  }
  return Buffer.concat(reads)
}
