import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { reasonOf } from '../../src/core/reasons.ts'
import { Secret } from '../../src/core/secret.ts'
import { openSocket } from '../../src/transports/open-socket.ts'
import { dialTcp } from '../../src/transports/tcp.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import type { Dialled, NameToDial } from '../helpers/dial-names.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { listen } from '../helpers/listen.ts'
import { runWithNames } from '../helpers/name-world.ts'
import { BLACK_HOLE } from '../helpers/netns.ts'
import { REFUSING } from '../helpers/peers.ts'
import { suite } from '../helpers/suite.ts'

const PROGRAM = fileURLToPath(new URL('../helpers/dial-names.ts', import.meta.url))

const HOSTS = `127.0.0.2 one two many
127.0.0.3 two hole many
${BLACK_HOLE} hole silent
192.0.2.78 silent
::1 six
127.0.0.4 six
${Array.from({ length: 20 }, (_, i) => `127.0.1.${i} many`).join('\n')}
`

interface Case extends NameToDial {
  readonly name: string
  readonly expected: string | RegExp
  /** milliseconds: at least, at most */
  readonly took?: readonly [number, number]
  readonly addresses?: number
}

const CASES: readonly Case[] = [
  { name: 'one address', host: 'one', alive: ['127.0.0.2'], expected: '127.0.0.2:PORT' },
  {
    name: 'the first is dead: the next at once',
    host: 'two',
    alive: ['127.0.0.3'],
    expected: '127.0.0.3:PORT',
    took: [0, 240],
    addresses: 2,
  },
  {
    name: 'both live: the first',
    host: 'two',
    alive: ['127.0.0.2', '127.0.0.3'],
    expected: '127.0.0.2:PORT',
    took: [0, 240],
    addresses: 2,
  },
  {
    name: 'the first is silent: the next after 250 ms',
    host: 'hole',
    alive: ['127.0.0.3'],
    expected: '127.0.0.3:PORT',
    took: [245, 1000],
    addresses: 2,
  },
  {
    name: 'IPv6 is dead: IPv4',
    host: 'six',
    alive: ['127.0.0.4'],
    expected: '127.0.0.4:PORT',
    took: [0, 240],
    addresses: 2,
  },
  {
    name: 'IPv6 lives: IPv6',
    host: 'six',
    alive: ['::1', '127.0.0.4'],
    expected: '[::1]:PORT',
    addresses: 2,
  },
  {
    name: 'all are dead',
    host: 'two',
    alive: [],
    expected: 'dial 127.0.0.2:PORT: connection refused (and 1 more addresses)',
    took: [0, 240],
    addresses: 2,
  },
  {
    name: 'many dead before one that lives: no waiting',
    host: 'many',
    alive: ['127.0.1.19'],
    expected: '127.0.1.19:PORT',
    took: [0, 500],
    addresses: 22,
  },
  {
    name: 'aborted while all are silent',
    host: 'silent',
    alive: [],
    aborts: true,
    expected: 'aborted',
    took: [0, 240],
    addresses: 2,
  },
  {
    name: 'nobody knows the name',
    host: 'nobody-knows-it',
    alive: [],
    expected: 'look up "nobody-knows-it": name server does not answer',
  },
]

const names = suite<{ results: readonly Dialled[] }>('transports/tcp: names')

names.before(async (context) => {
  context.results = (await runWithNames(PROGRAM, HOSTS, [JSON.stringify(CASES)])) as Dialled[]
})

for (const [i, { name, expected, took, addresses }] of CASES.entries()) {
  names(name, ({ results }) => {
    const result = results[i] as Dialled
    assert.match(result.outcome, expected)
    if (took !== undefined) {
      const inTime = result.ms >= took[0] && result.ms <= took[1]
      assert.ok(inTime, `it took ${result.ms} ms instead of ${took.join(' to ')}`)
    }
    const connect = addresses === undefined ? 'connect' : `connect ${addresses} addresses`
    const unknown = expected.toString().startsWith('look up')
    assert.equal(result.stages, unknown ? ['lookup'] : ['lookup', connect])
    const winner = /^(\[|\d)/.test(result.outcome) ? 1 : 0
    assert.is(result.sockets, winner, 'no other socket is left open')
  })
}

names.run()

const test = suite('transports/tcp')

for (const [host, description] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
] as const) {
  test(`the address ${host} needs no lookup`, async () => {
    const server = await listen((socket) => socket.end('hello'), { host, port: 0 })
    const attempt = new FakeAttempt()
    const target = { host: new Secret(host), port: server.port }
    const connection = await dialTcp(target, attempt)
    assert.equal(attempt.stages, ['connect'])
    assert.is(connection.description, `${description}:${server.port}`)
    assert.is(Buffer.from((await connection.read()) ?? []).toString(), 'hello')
    connection.close()
    server.stop()
  })
}

test('an address that refuses', async () => {
  const error = await caughtByway('UNAVAILABLE', dialTcp(REFUSING, new FakeAttempt()))
  assert.is(error.message, 'dial 127.77.0.1:1: connection refused')
})

for (const host of ['127.0.0.1', 'localhost']) {
  test(`aborted before it begins: ${host}`, async () => {
    const attempt = new FakeAttempt()
    attempt.abort('never mind')
    assert.is(await caught(dialTcp({ host, port: 1 }, attempt)), 'never mind')
  })
}

test('the connection is kept alive after a minute of silence', async () => {
  const server = await listen(() => {})
  const target = { host: server.host, port: server.port }
  const connection = await dialTcp(target, new FakeAttempt())
  const { localPort } = connection.socket as { localPort: number }
  const at = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  // another connection may have had our port, and wait for its end (TIME-WAIT)
  const ends = `${at(localPort)} ${at(server.port)}`
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  const line = rows.find((row) => row.includes(`: ${ends} 01 `))
  // proc(5): the timer's kind, 2 is keepalive, and when it rings, in ticks of 10 ms
  const [, kind, ticks = ''] = / (\d\d):([0-9A-F]{8}) /.exec(line ?? '') ?? []
  assert.is(kind, '02')
  // Linux's own is two hours
  assert.ok(Math.abs(Number.parseInt(ticks, 16) - 6000) < 1500, `${ticks} ticks`)
  connection.close()
  server.stop()
})

test('a unix socket that is not there', async () => {
  const path = join(makeFolder(), 'nobody')
  const dial = openSocket({ path }, {}, new AbortController().signal)
  const error = await caughtByway('UNAVAILABLE', dial)
  assert.is(error.message, `dial ${path}: no such socket`)
})

const REASONS: readonly [error: unknown, expected: string][] = [
  [
    Object.assign(new Error('connect EHOSTUNREACH 192.0.2.7:22'), { code: 'EHOSTUNREACH' }),
    'no route to host',
  ],
  [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'name not found'],
  [Object.assign(new Error('x'), { code: 'EODD' }), 'EODD'],
  [new Error('without a code'), 'without a code'],
]

for (const [error, expected] of REASONS) {
  test(`in words: ${expected}`, () => assert.is(reasonOf(error), expected))
}

test.run()
