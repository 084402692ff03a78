import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { BywayError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialHttpConnect } from '../../src/transports/http-connect.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { REFUSING } from '../helpers/peers.ts'
import { type ScriptOptions, startScript } from '../helpers/scripted-proxy.ts'
import { soon } from '../helpers/soon.ts'

const USER = 'wallaby'
const PASSWORD = 'correct horse battery'
const HOST = 'quokka.example'
const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString('base64')
const LINES = [`CONNECT ${HOST}:22 HTTP/1.1`, `Host: ${HOST}:22`]
const REQUEST = [...LINES, `Proxy-Authorization: Basic ${BASIC}`, '', ''].join('\r\n')

const test = suite('transports/http-connect: refusals')

const WORDS: readonly [status: string, words: string, hint?: RegExp][] = [
  ['401 Unauthorized', 'it wants user and password, or others', /user:password@/],
  ['403 Filtered', 'it does not allow this host or port', /443 only/],
  ['405 Method Not Allowed', 'it does no CONNECT'],
  ['407 Proxy Authentication Required', 'it wants user and password, or others', /user:password@/],
  ['502 Bad Gateway', 'it could not reach the host'],
  ['503 Service Unavailable', 'it could not reach the host'],
  ['504 Gateway Timeout', 'the host did not answer it'],
]

for (const [status, words, hint] of WORDS) {
  test(`${status}: ${words}`, async () => {
    const error = await refusal(`HTTP/1.1 ${status}\r\nVia: x\r\n\r\n<html>`)
    assert.ok(error.message.endsWith(`: it answered "HTTP/1.1 ${status}": ${words}`), error.message)
    if (hint === undefined) assert.is(error.hint, undefined)
    else assert.match(error.hint ?? '', hint)
  })
}

const OTHERS: readonly [name: string, says: string, words: RegExp][] = [
  ['a redirection', 'HTTP/1.1 302 Found\r\n\r\n', /it answered "HTTP\/1\.1 302 Found"$/],
  [
    'a change of protocol',
    'HTTP/1.1 101 Switching\r\n\r\n',
    /it answered "HTTP\/1\.1 101 Switching"$/,
  ],
  ['controls in its words', 'HTTP/1.1 500 \x1b[2J\r\n\r\n', /500 \\x1b\[2J"$/],
  ['the host in its words', `HTTP/1.1 500 no ${HOST}\r\n\r\n`, /500 no \[secret\]"$/],
  [
    'the host in capitals',
    `HTTP/1.1 403 ${HOST.toUpperCase()}:22 is forbidden\r\n\r\n`,
    /403 \[secret\]:22 is forbidden": /,
  ],
  [
    'the host where an error ends',
    `HTTP/1.1 500 ${'x'.repeat(180)}${HOST}\r\n\r\n`,
    /500 x+\[secret"$/,
  ],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', /does not speak HTTP$/],
  ['an SSH server that goes on', 'SSH-2.0-x', /does not speak HTTP$/],
  ['TLS', '\x15\x03\x01\x00\x02\x02\x0a', /does not speak HTTP$/],
  ['HTTP/2', 'HTTP/2 200\r\n\r\n', /does not speak HTTP$/],
  ['no status', 'HTTP/1.1 OK\r\n\r\n', /does not speak HTTP$/],
  ['four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /does not speak HTTP$/],
  ['zeros', '\0'.repeat(30), /does not speak HTTP$/],
  ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, /its answer has no end$/],
  [
    'headers without end',
    `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(5000)}`,
    /its answer has no end$/,
  ],
]

for (const [name, says, words] of OTHERS) {
  test(name, async () => assert.match((await refusal(says)).message, words))
}

const ANSWER = 'HTTP/1.1 200 OK\r\nVia: 1.1 office\r\n\r\n'

for (let length = 0; length < ANSWER.length; length++) {
  test(`closed after ${length} bytes of its answer`, async () => {
    const error = await refusal(ANSWER.slice(0, length), { ends: 'close' })
    const words = length === 0 ? 'closed without an answer' : 'closed amid its answer'
    assert.ok(error.message.endsWith(`: ${words}`), error.message)
  })
}

test('reset amid its answer', async () => {
  const { message } = await refusal('HTTP/1.1 2', { ends: 'reset' })
  assert.match(message, /: connection reset by peer$/)
})

test('nobody listens where it should be', async () => {
  const error = await caughtByway('UNAVAILABLE', soon('the dial', open(REFUSING)))
  assert.is(error.message, 'dial 127.77.0.1:1: connection refused')
  hides(error, PASSWORD, BASIC, HOST)
})

test.run()

/** The error of a dial to a proxy that says this; it is checked to hold no secret. */
async function refusal(says: string, options: ScriptOptions = {}): Promise<BywayError> {
  const turns = [{ takes: REQUEST.length, says: Buffer.from(says, 'latin1') }]
  const proxy = await startScript(turns, options)
  const error = await caughtByway('UNAVAILABLE', soon('the dial', open(proxy)))
  proxy.stop()
  assert.ok(error.message.startsWith(`http proxy 127.0.0.1:${proxy.port}: `), error.message)
  hides(error, PASSWORD, BASIC, HOST)
  return error
}

function open({ host, port }: { readonly host: string; readonly port: number }) {
  const known = { user: USER, password: new Secret(PASSWORD) }
  const target = { host: new Secret(HOST), port: 22 }
  return dialHttpConnect({ host, port, tls: false, ...known }, target, new FakeAttempt())
}
