import * as assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { askHttp, askJson, askText } from '../../src/computer/ask.ts'
import { BannerCheck, type Verdict } from '../../src/core/banner.ts'
import type { Connection } from '../../src/core/connection.ts'
import { Secret } from '../../src/core/secret.ts'
import { readJsonLines } from '../../src/daemons/json-lines.ts'
import { readHead } from '../../src/transports/http-head.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { SECRETS, survive, type Target } from '../target.ts'
import { saying, withServer } from './server.ts'
import { TOR_CONTROL } from './tor-control.ts'

const [PASSWORD = ''] = SECRETS
/** Bytes that the other side may have more than byway has read; what is behind is another test's. */
const MOST = 2048

/** What an SSH server, or something else, says first. */
const banner: Target = {
  name: 'banner',
  seeds: [
    'SSH-2.0-OpenSSH_9.2\r\n',
    'hello\nthere\nSSH-2.0-x\r\n',
    'HTTP/1.1 400 Bad Request\r\n\r\n',
  ],
  words: ['SSH-', '\n', '\r\n', 'S', 'SSH', '\0'],
  run: (input) => {
    const whole = judge([input])
    assert.deepEqual(judge([...input].map((byte) => Buffer.of(byte))), whole, 'by the byte')
    assert.ok(whole.firstLine.length <= 80)
    if (/^SSH-/.test(input.toString('latin1'))) assert.equal(whole.verdict, 'ssh')
  },
}

/** The head of an HTTP proxy's or a daemon's answer: read up to its end, not a byte further. */
const http: Target = {
  name: 'http',
  seeds: [
    'HTTP/1.1 200 OK\r\nA: b\r\n\r\nSSH-2.0-x',
    'HTTP/1.0 407 Login\n\nbody',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching\r\n\r\nX',
  ],
  words: ['HTTP/1.1 ', '\r\n', '\n', '\r\n\r\n', 'Content-Length: ', '200', '101', ': '],
  run: async (input) => {
    let at = 0
    const read = async () => (at < input.length ? input.subarray(at, ++at) : null)
    const head = await survive(['UNAVAILABLE'], () => readHead({ read }, 'peer'))
    if (head === null) return
    assert.match(input.subarray(0, at).toString('latin1'), /\n\r?\n$/)
    assert.ok(head.status === 101 || head.status >= 200)
  },
}

/** Messages between byways, in any pieces. */
const lines: Target = {
  name: 'json-lines',
  seeds: ['{"ask":"lease","pid":1}\n{"say":"ready","socks":"/x"}\n', 'null\n7\n"a"\n'],
  words: ['\n', '{"ask":', '"say":', 'null', '{}', '\xff'],
  run: (input) => {
    const taken: unknown[] = []
    const socket = Object.assign(new EventEmitter(), {
      destroyed: false,
      setEncoding: () => {},
      destroy: () => Object.assign(socket, { destroyed: true }),
    })
    readJsonLines(socket as unknown as Socket, (message) => taken.push(message))
    const text = input.toString()
    for (let i = 0; i < text.length && !socket.destroyed; i += 7)
      socket.emit('data', text.slice(i, i + 7))
    const sent = text.split('\n').slice(0, taken.length)
    assert.deepEqual(
      taken,
      sent.map((line) => JSON.parse(line)),
    )
  },
}

/** The replies of a SOCKS5 proxy: what comes behind them is the peer's, to the byte. */
const socks: Target = {
  name: 'socks',
  seeds: [
    Buffer.from('\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x16SSH-2.0-x', 'latin1'),
    Buffer.from('\x05\x02\x01\x00\x05\x00\x00\x03\x01a\x00\x16SSH-', 'latin1'),
    Buffer.from('\x05\xff', 'latin1'),
    Buffer.from('\x05\x00\x05\xf0\x00\x01\x00\x00\x00\x00\x00\x00', 'latin1'),
    Buffer.from(`\x05\x00\x05\x00\x00\x04${'\0'.repeat(18)}SSH-`, 'latin1'),
  ],
  words: [
    '\x05\x00',
    '\x05\x02',
    '\x01\x00',
    '\x05\x00\x00\x01',
    '\x05\x00\x00\x03\xff',
    '\x05\x00\x00\x04',
  ],
  run: (input) =>
    withServer(saying(input.subarray(0, MOST)), async (at, attempt) => {
      const proxy = { at, user: 'me', password: new Secret(PASSWORD) }
      const dial = () => dialSocks(proxy, { host: 'web', port: 22 }, attempt)
      const connection = await survive(['UNAVAILABLE', 'IOERR'], dial)
      if (connection === null) return
      const rest = await readAll(connection)
      const said = input.subarray(0, MOST)
      assert.ok(rest.equals(said.subarray(lengthOfReplies(said))), 'bytes are lost, or too many')
    }),
}

/** Bytes that a proxy says before the stream, which it grants (RFC 1928 sections 3 and 6, RFC 1929). */
function lengthOfReplies(said: Buffer): number {
  const [version, method] = said
  assert.ok(version === 5 && (method === 0 || method === 2), 'a way that was not offered')
  const login = method === 2 ? 2 : 0
  assert.ok(login === 0 || said[3] === 0, 'the login was refused')
  const [again, code, , kind = 0, length = 0] = said.subarray(2 + login)
  assert.deepEqual([again, code], [5, 0], 'it was refused')
  const address = { 1: 4, 3: 1 + length, 4: 16 }[kind]
  assert.ok(address !== undefined, 'an address of no kind')
  return 2 + login + 4 + address + 2
}

/** What daemons of this computer answer: JSON or not, it never throws. */
const daemons: Target = {
  name: 'daemons',
  seeds: ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}', '{"status":"success"}', 'errno=0\n\n'],
  words: ['HTTP/1.0 ', '\r\n\r\n', 'content-length: ', '{}', '}', ']', '\n\n', ' '],
  run: (input) =>
    withServer(saying(input), async (at, { signal }) => {
      await askHttp(at, { path: '/' }, signal)
      await askJson(at, {}, signal)
      await askText(at, { text: 'get\n', end: '\n\n' }, signal)
    }),
}

export const WIRE_TARGETS = [banner, http, lines, socks, TOR_CONTROL, daemons]

function judge(pieces: readonly Uint8Array[]): { verdict: Verdict; firstLine: string } {
  const check = new BannerCheck()
  let verdict: Verdict = 'more'
  for (const piece of pieces) if (verdict === 'more') verdict = check.push(piece)
  return { verdict, firstLine: check.firstLine }
}

async function readAll(connection: Connection): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    pieces.push(Buffer.from(bytes))
  }
  connection.close()
  return Buffer.concat(pieces)
}
