import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Upgrade } from '../../src/core/means.ts'
import { dialUpgrade } from '../../src/transports/upgrade.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { type Listener, listen } from '../helpers/listen.ts'

const test = suite('transports/upgrade')

const REQUEST: Upgrade = {
  method: 'POST',
  path: '/localapi/v0/dial',
  protocol: 'ts-dial',
  headers: { Host: 'local.sock', 'Dial-Host': '100.64.0.2' },
}
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: ts-dial\r\n\r\n'
const BANNER = 'SSH-2.0-OpenSSH_9.2\r\n'

const GROUPINGS: readonly [name: string, say: (socket: Socket) => void][] = [
  ['the stream in the same segment as the answer', (socket) => socket.write(SWITCHING + BANNER)],
  ['every byte in one of its own', (socket) => dribble(socket, SWITCHING + BANNER)],
  ['the stream first after the client', (socket) => socket.write(SWITCHING)],
]

for (const [name, say] of GROUPINGS) {
  test(`the answer is read exactly: ${name}`, async () => {
    const server = await listen((socket) => socket.once('data', () => say(socket)))
    const attempt = new FakeAttempt()
    const connection = await dial(server, { attempt })
    assert.equal(attempt.stages, ['proxy'])
    const raw = connection.socket as Socket
    assert.is(raw.bytesRead, SWITCHING.length, 'what came behind it is in the kernel')
    await connection.write(Buffer.from('hello'))
    const [peer] = server.open
    if (name.includes('after')) peer?.write(BANNER)
    let text = ''
    while (text.length < BANNER.length)
      text += Buffer.from((await connection.read()) ?? []).toString()
    assert.is(text, BANNER)
    connection.close()
    server.stop()
  })
}

test('what it asks', async () => {
  let asked = ''
  const server = await listen((socket) => {
    socket.once('data', (bytes) => {
      asked = bytes.toString()
      socket.write(SWITCHING)
    })
  })
  const headers = { ...REQUEST.headers, 'Dial-Host': 'x\r\nEvil: 1' }
  const connection = await dial(server, { request: { ...REQUEST, headers } })
  assert.equal(asked.split('\r\n'), [
    'POST /localapi/v0/dial HTTP/1.1',
    'Host: local.sock',
    'Dial-Host: xEvil: 1',
    'Connection: upgrade',
    'Upgrade: ts-dial',
    'Content-Length: 0',
    '',
    '',
  ])
  connection.close()
  server.stop()
})

const REFUSALS: readonly [name: string, answer: string, message: string][] = [
  [
    'with a reason',
    'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 22\r\n\r\ndial failure: timeout\n',
    'tailscaled: dial failure: timeout',
  ],
  ['without one', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'tailscaled: HTTP/1.1 403 Forbidden'],
  [
    'as if all were well',
    'HTTP/1.1 200 OK\r\nDial-Self: true\r\nContent-Length: 0\r\n\r\n',
    'tailscaled: HTTP/1.1 200 OK',
  ],
  [
    'cut off, and hostile',
    'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99\r\n\r\nno\u001b[2J',
    'tailscaled: no\\x1b[2J',
  ],
  ['in no HTTP', `${BANNER}\r\n`, 'tailscaled: does not speak HTTP'],
  ['with nothing', '', 'tailscaled: closed without an answer'],
  ['without end', `HTTP/1.1 101 ${'x'.repeat(20_000)}`, 'tailscaled: its answer has no end'],
]

for (const [name, answer, message] of REFUSALS) {
  test(`refused ${name}`, async () => {
    const server = await listen((socket) => socket.once('data', () => socket.end(answer)))
    const error = await caughtByway('UNAVAILABLE', dial(server))
    assert.is(error.message, message)
    server.stop()
  })
}

test('nobody listens', async () => {
  const service = { at: { path: '/nowhere/at/all.sock' }, description: 'tailscaled' }
  const dialled = dialUpgrade(service, REQUEST, new FakeAttempt())
  const error = await caughtByway('UNAVAILABLE', dialled)
  assert.is(error.message, 'dial tailscaled: no such socket')
})

test('aborted while it waits for the answer', async () => {
  const server = await listen(() => {})
  const attempt = new FakeAttempt()
  const dialled = dial(server, { attempt })
  const socket = await server.next()
  const ended = new Promise((resolve) => socket.on('end', resolve))
  attempt.abort('enough')
  assert.is(await caught(dialled), 'enough')
  socket.resume()
  await ended
  server.stop()
})

test.run()

function dial(
  { host, port }: Listener,
  {
    request = REQUEST,
    attempt = new FakeAttempt(),
  }: { request?: Upgrade; attempt?: FakeAttempt } = {},
) {
  return dialUpgrade({ at: { host, port }, description: 'tailscaled' }, request, attempt)
}

function dribble(socket: Socket, text: string): void {
  const [first = '', ...rest] = text
  socket.write(first, () => {
    if (rest.length > 0) dribble(socket, rest.join(''))
  })
}
