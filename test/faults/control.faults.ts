import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askHttp, askJson, askText } from '../../src/computer/ask.ts'
import { BywayError } from '../../src/core/errors.ts'
import { askStatus, askStop, takeLease } from '../../src/daemons/lease.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { inParallel, noteWire, rounds } from '../helpers/fault-budget.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { soon } from '../helpers/soon.ts'
import { SPOILS, type Spoilt } from '../helpers/spoilt.ts'

const BESIDE = 12
const HUNG = 20_000
/** Milliseconds in which what a server was sent is there, unread. */
const UNREAD = 20
const test = suite('faults at control sockets')

const STATUS = JSON.stringify({ BackendState: 'Running', Version: '1.90.0', Peer: { ä: {} } })
const HTTP = `HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(STATUS)}\r\n\r\n${STATUS}`

for (const [name, spoil] of Object.entries(SPOILS)) {
  test(`what a daemon is asked by HTTP, JSON or text, ${name}: an answer or none`, async () => {
    const offsets = Array.from({ length: HTTP.length }, (_, i) => i)
    await inParallel(offsets, BESIDE, async (at) => {
      const late = () => AbortSignal.timeout(name.startsWith('silent') ? 100 : HUNG)
      await answering(spoil(HTTP, at), async (where) => {
        const answer = await soon('HTTP', askHttp(where, { path: '/' }, late()), HUNG + 5000)
        if (name !== 'garbage in it') assert.is(answer, null)
      })
      if (at >= STATUS.length) return
      await answering(spoil(STATUS, at), async (where) => {
        const answer = await soon('JSON', askJson(where, {}, late()), HUNG + 5000)
        if (name !== 'garbage in it') assert.is(answer, null)
      })
      await answering(spoil(`${STATUS}\n\n`, at), async (where) => {
        const question = { text: 'get=1\n\n', end: '\n\n' }
        const answer = await soon('text', askText(where, question, late()), HUNG + 5000)
        if (name !== 'garbage in it') assert.is(answer, null)
      })
    })
    noteWire(
      `LocalAPI and admin sockets: ${name}, at every offset`,
      offsets.length,
      'an answer or none, in time',
    )
  })

  test(`a keeper's lines, ${name}: a lease, or UNAVAILABLE in time`, async () => {
    const lines = [
      { say: 'progress', progress: { percent: 5, phase: 'conn' } },
      { say: 'ready', way: { socks: { path: '/run/socks' } } },
    ]
    const whole = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const offsets = Array.from({ length: whole.length }, (_, i) => i)
    await inParallel(offsets, BESIDE, (at) => lease(spoil(whole, at), name))
    noteWire(
      `a keeper's socket: ${name}, at every offset`,
      offsets.length,
      'a lease or exit 69, in time',
    )
  })
}

test('answers of any length, of any bytes: bounded, and nothing else waits for them', async () => {
  const bodies: readonly [string, Buffer][] = [
    ['20 MB of text', Buffer.alloc(20_000_000, 'x')],
    ['20 MB of brackets', Buffer.alloc(20_000_000, '[')],
    ['20 MB of ends', Buffer.alloc(20_000_000, '} ')],
    [
      'a head without end',
      Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n'), Buffer.alloc(20_000_000, 'x: y\r\n')]),
    ],
    [
      'a body without end',
      Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), Buffer.alloc(20_000_000, '{"a":')]),
    ],
  ]
  for (const [name, says] of bodies) {
    await answering({ says, ends: 'stay' }, async (where) => {
      const asked = [
        () => askHttp(where, { path: '/' }, AbortSignal.timeout(1000)),
        () => askJson(where, {}, AbortSignal.timeout(1000)),
        () => askText(where, { text: '?', end: '\n\n' }, AbortSignal.timeout(1000)),
      ]
      for (const ask of asked) assert.is(await soon(name, ask(), HUNG), null, name)
    })
  }
  noteWire('answers of 20 MB without an end', bodies.length * 3, 'none, in time')
})

test('an answer one byte at a time', async () => {
  const times = rounds(3)
  for (let i = 0; i < times; i++) {
    const server = await listen((socket) => {
      void (async () => {
        for (const byte of Buffer.from(HTTP)) {
          await new Promise((resolve) => socket.write(Buffer.of(byte), resolve))
        }
      })()
      socket.resume()
    })
    const where = { host: server.host, port: server.port }
    const answer = await soon('it', askHttp(where, { path: '/' }, AbortSignal.timeout(HUNG)), HUNG)
    assert.equal(answer?.json, JSON.parse(STATUS))
    server.stop()
  }
  noteWire('LocalAPI one byte at a time', times, 'the answer')
})

test.run()

/** A server that answers the first words of whoever connects so, at a port. */
async function answering(
  { says, ends }: Spoilt,
  work: (where: { host: string; port: number }) => Promise<void>,
): Promise<void> {
  const server = await serve({ says, ends })
  await work({ host: server.host, port: server.port })
  server.stop()
}

function serve({ says, ends }: Spoilt, path?: string): Promise<Listener> {
  return ends === 'reset'
    ? serveUnread(says, path)
    : listen(
        (socket) => {
          socket.once('data', () => {
            socket.write(says, () => ends === 'close' && socket.end())
            socket.resume()
          })
        },
        path === undefined ? undefined : { path },
      )
}

/** One that closes while what it was sent is unread: that is a reset, of TCP and of unix(7). */
function serveUnread(says: Buffer, path?: string): Promise<Listener> {
  return listen(
    (socket) => {
      setTimeout(() => socket.write(says, () => socket.destroy()), UNREAD)
    },
    path === undefined ? undefined : { path },
    { pauseOnConnect: true },
  )
}

async function lease(spoiled: Spoilt, name: string): Promise<void> {
  const runtime = makeFolder()
  const path = join(runtime, 'keeper')
  const server = await serve(spoiled, path)
  linkSync(path, join(runtime, 'claim.1'))
  const late = AbortSignal.timeout(name.startsWith('silent') ? 100 : HUNG)
  const launch = () => Promise.resolve({ kind: 'tor', binary: 'tor', torrc: null } as const)
  const wanted = { name: 'tor', runtime, data: runtime, linger: 1, launch }
  const options = {
    self: ['false'],
    env: process.env,
    signal: late,
    mayStart: () => Promise.resolve(),
    progress: () => {},
  }
  const taken = takeLease(wanted, options).then(
    (one) => one.release(),
    (error) => assert.ok(late.aborted || error instanceof BywayError, String(error)),
  )
  await soon('the lease', taken, HUNG + 5000)
  const status = await soon('the status', askStatus(runtime), HUNG)
  if (name !== 'garbage in it') assert.is(status, null)
  if (name === 'closed') await soon('the end', askStop(runtime, 500), HUNG)
  server.stop()
}
