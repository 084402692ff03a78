import { createServer } from 'node:http'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askHttp, askJson, askText } from '../../src/computer/ask.ts'
import { readOutput } from '../../src/computer/programs.ts'
import type { SocketAddress } from '../../src/core/means.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Listener, listen } from '../helpers/listen.ts'

const test = suite('computer: asking')

/** Milliseconds that a question is given where nobody is to answer. */
const SHORT = 60
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

const ANSWERS: readonly [name: string, raw: string, expected: unknown][] = [
  ['with a length', `${HEAD}Content-Length: 7\r\n\r\n{"a":1}`, { status: 200, json: { a: 1 } }],
  ['until the end', `${HEAD}Connection: close\r\n\r\n{"a":1}`, { status: 200, json: { a: 1 } }],
  [
    'another status',
    'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}',
    { status: 401, json: {} },
  ],
  [
    'in UTF-8, not closed',
    `${HEAD}Content-Length: 15\r\n\r\n{"a":"größe"}`,
    { status: 200, json: { a: 'größe' } },
  ],
  ['no JSON', `${HEAD}Content-Length: 5\r\n\r\nhello`, { status: 200, json: undefined }],
  ['nothing', `${HEAD}Content-Length: 0\r\n\r\n`, { status: 200, json: undefined }],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', null],
  ['cut off', `${HEAD}Content-Length: 70\r\n\r\n{"a":`, null],
]

for (const [name, raw, expected] of ANSWERS) {
  test(`HTTP ${name}`, async () => {
    const server = await listen((socket) => {
      socket.once('data', () => (name.includes('not closed') ? socket.write(raw) : socket.end(raw)))
    })
    assert.equal(await askHttp(placeOf(server), { path: '/' }, within(5000)), expected)
    server.stop()
  })
}

test('HTTP by a unix socket, with path and headers', async () => {
  const path = join(makeFolder(), 'api.sock')
  const server = createServer(({ url, headers }, response) => {
    response.end(JSON.stringify({ url, host: headers.host }))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const question = { path: '/v0/status?peers=false', headers: { Host: 'local.sock' } }
  const answer = await askHttp({ path }, question, within(5000))
  assert.equal(answer?.json, { url: '/v0/status?peers=false', host: 'local.sock' })
  server.close()
})

test('JSON, answered on several lines and then closed, as yggdrasil does', async () => {
  const server = await listen((socket) =>
    socket.once('data', (line) => {
      const { request } = JSON.parse(line.toString())
      socket.end(`${JSON.stringify({ status: 'success', request }, null, 2)}\n`)
    }),
  )
  const answer = await askJson(placeOf(server), { request: 'getself' }, within(5000))
  assert.equal(answer, { status: 'success', request: 'getself' })
  server.stop()
})

test('JSON, answered and not closed', async () => {
  const server = await listen((socket) => {
    socket.write('{"a":')
    setTimeout(() => socket.write('{}}\n'), 20)
  })
  assert.equal(await askJson(placeOf(server), {}, within(5000)), { a: {} })
  server.stop()
})

test('JSON, answered with something else', async () => {
  const server = await listen((socket) => socket.end('what?\n'))
  assert.is(await askJson(placeOf(server), {}, within(5000)), null)
  server.stop()
})

test('a text, answered up to its end and not closed, as wireguard-go does', async () => {
  const server = await listen((socket) => {
    socket.once('data', (text) => socket.write(`${text.toString().trim()}\nerrno=0\n`))
    setTimeout(() => socket.write('\n'), 20)
  })
  const question = { text: 'get=1\n\n', end: '\n\n' }
  assert.is(await askText(placeOf(server), question, within(5000)), 'get=1\nerrno=0\n\n')
  server.stop()
})

test('a text, answered without its end', async () => {
  const server = await listen((socket) => socket.end('errno=0\n'))
  const question = { text: 'get=1\n\n', end: '\n\n' }
  assert.is(await askText(placeOf(server), question, within(5000)), null)
  server.stop()
})

const ASKERS = {
  HTTP: (where: SocketAddress, signal: AbortSignal) => askHttp(where, { path: '/' }, signal),
  JSON: (where: SocketAddress, signal: AbortSignal) => askJson(where, {}, signal),
}

for (const [name, ask] of Object.entries(ASKERS)) {
  test(`${name}: nobody is there`, async () => {
    assert.is(await ask({ path: '/nowhere/at/all.sock' }, within(5000)), null)
    assert.is(await ask({ host: '127.77.0.1', port: 1 }, within(5000)), null)
  })

  test(`${name}: accepts, and says nothing`, async () => {
    const server = await listen(() => {})
    await gives(null, () => ask(placeOf(server), within(SHORT)))
    server.stop()
  })

  test(`${name}: says the same for ever`, async () => {
    const server = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n[')
      const timer = setInterval(() => socket.write('1,'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    await gives(null, () => ask(placeOf(server), within(SHORT)))
    server.stop()
  })

  test(`${name}: too late`, async () => {
    assert.is(await ask({ host: '127.0.0.1', port: 1 }, AbortSignal.abort()), null)
  })
}

const PROGRAMS: readonly [name: string, argv: [string, ...string[]], expected: string | null][] = [
  ['output', ['printf', 'a\\tb'], 'a\tb'],
  ['no shell', ['printf', '%s', '$HOME;'], '$HOME;'],
  ['failure', ['sh', '-c', 'echo half; exit 1'], null],
  ['none', ['/nowhere/at/all'], null],
  ['waits for input', ['cat'], ''],
]

for (const [name, argv, expected] of PROGRAMS) {
  test(`a program: ${name}`, async () => {
    assert.is(await readOutput(argv, within(5000)), expected)
  })
}

test('a program that hangs is killed', async () => {
  await gives(null, () => readOutput(['sleep', '1000'], within(SHORT)))
})

test.run()

function within(ms: number): AbortSignal {
  return AbortSignal.timeout(ms)
}

/** Fails unless the value comes soon after its time is over. */
async function gives(expected: unknown, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  assert.is(await work(), expected)
  const ms = performance.now() - began
  assert.ok(ms < SHORT + 5000, `${ms} ms`)
}

function placeOf({ host, port }: Listener): SocketAddress {
  return { host, port }
}
