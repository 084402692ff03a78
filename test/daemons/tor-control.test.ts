import { writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseBootstrap, TorControl } from '../../src/daemons/tor-control.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caught, caughtByway } from '../helpers/errors.ts'
import { listen } from '../helpers/listen.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'

const COOKIE = Buffer.alloc(32, 7)

const control = suite('daemons/tor-control')
const opened: (() => void)[] = []

control.after.each(() => {
  for (const close of opened.splice(0)) close()
})

/** A tor that answers its commands in order with these, and is fine with the first two. */
async function open(
  answers: readonly string[],
  send: (socket: Socket, text: string) => void = (socket, text) => socket.write(text),
) {
  const folder = makeFolder()
  const [path, cookie] = [join(folder, 'control'), join(folder, 'cookie')]
  writeFileSync(cookie, COOKIE)
  const heard: string[] = []
  const rest = ['250 OK\r\n', '250 OK\r\n', ...answers]
  const server = await listen(
    (socket) => {
      socket.setEncoding('utf8').on('data', (text) => {
        for (const line of String(text).split('\r\n').filter(Boolean)) {
          heard.push(line)
          send(socket, rest.shift() ?? '')
        }
      })
    },
    { path },
  )
  const events: string[] = []
  opened.push(server.stop)
  const tor = await TorControl.open({ socket: path, cookie }, (line) => events.push(line))
  return { control: tor, events, heard, server }
}

control('authenticates by the cookie, and takes the tor', async () => {
  const { heard } = await open([])
  assert.equal(heard, [`AUTHENTICATE ${COOKIE.toString('hex')}`, 'TAKEOWNERSHIP'])
})

interface Reply {
  readonly name: string
  readonly says: string
  readonly code: number
  readonly lines: readonly string[]
  readonly events?: readonly string[]
}

const REPLIES: readonly Reply[] = [
  { name: 'one line', says: '250 OK\r\n', code: 250, lines: ['OK'] },
  {
    name: 'several lines',
    says: '250-a=1\r\n250-b=2\r\n250 OK\r\n',
    code: 250,
    lines: ['a=1', 'b=2', 'OK'],
  },
  {
    name: 'a data block, in which codes are text and dots are doubled',
    says: '250+a=\r\n1 SUCCEEDED\r\n650 NO EVENT\r\n..dot\r\n.\r\n250 OK\r\n',
    code: 250,
    lines: ['a=', '1 SUCCEEDED', '650 NO EVENT', '.dot', 'OK'],
  },
  {
    name: 'events before, between and after',
    says: '650 ONE\r\n250-a=1\r\n650 TWO\r\n250 OK\r\n650 THREE\r\n',
    code: 250,
    lines: ['a=1', 'OK'],
    events: ['ONE', 'TWO', 'THREE'],
  },
  {
    name: 'an event with a data block',
    says: '650+NEW\r\n250 no reply\r\n.\r\n650 OK\r\n250 OK\r\n',
    code: 250,
    lines: ['OK'],
    events: ['NEW', 'OK'],
  },
  { name: 'a refusal', says: '552 no such thing\r\n', code: 552, lines: ['no such thing'] },
  { name: 'an empty text', says: '250 \r\n', code: 250, lines: [''] },
]

for (const { name, says, code, lines, events = [] } of REPLIES) {
  control(`a reply: ${name}`, async () => {
    const tor = await open([says])
    assert.equal(await soon('the reply', tor.control.ask('GETINFO a')), { code, lines })
    const after = tor.control.ask('GETINFO b')
    tor.server.stop()
    await after
    assert.equal(tor.events, events)
  })
}

control('replies come whole, however they are cut, and to who asked', async () => {
  const random = new Random('tor-control')
  const dribble = (socket: Socket, text: string) => {
    for (const piece of random.chop(Buffer.from(text), 3)) socket.write(piece)
  }
  const answers = Array.from({ length: 20 }, (_, i) => `250-n=${i}\r\n650 E${i}\r\n250 OK\r\n`)
  const tor = await open(answers, dribble)
  const replies = await Promise.all(answers.map((_, i) => tor.control.ask(`GETINFO ${i}`)))
  assert.equal(
    replies.map(({ lines: [first] }) => first),
    answers.map((_, i) => `n=${i}`),
  )
})

control('a command that is refused throws, without its arguments', async () => {
  const { control: tor } = await open(['513 no\r\n'])
  const error = await caughtByway('UNAVAILABLE', tor.command('SECRET argument'))
  assert.is(error.message, 'tor refused SECRET: 513 no')
})

const GARBAGE: readonly [name: string, says: string][] = [
  ['words', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a code of two digits', '25 OK\r\n'],
  ['an empty line', '\r\n'],
  ['a line without an end', 'x'.repeat(2 * 1024 * 1024)],
]

for (const [name, says] of GARBAGE) {
  control(`garbage ends the connection: ${name}`, async () => {
    const { control: tor } = await open([says])
    const asked = [tor.ask('GETINFO a'), tor.ask('GETINFO b')]
    for (const reply of await soon('both', Promise.all(asked))) assert.is(reply.code, 0)
    assert.is((await tor.ask('GETINFO c')).code, 0)
  })
}

control('nobody listens there, or there is no cookie: it throws', async () => {
  const folder = makeFolder()
  const paths = { socket: join(folder, 'control'), cookie: join(folder, 'cookie') }
  await caught(TorControl.open(paths, () => {}))
  const server = await listen(() => {}, { path: paths.socket })
  opened.push(server.stop)
  await caught(TorControl.open(paths, () => {}))
  const socket = await server.next()
  if (!socket.destroyed) await new Promise((resolve) => socket.resume().once('end', resolve))
})

const PHASES: readonly [line: string, percent: number | null, phase?: string][] = [
  ['status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"', 100, 'Done'],
  ['STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="a \\"b\\" c"', 5, 'a "b" c'],
  [
    'STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=3',
    5,
    'Connecting (trouble: Connection refused)',
  ],
  ['STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=7', 7, ''],
  ['STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED', null],
  ['', null],
]

for (const [line, percent, phase = ''] of PHASES) {
  control(`phase: ${line}`, () => {
    assert.equal(parseBootstrap(line), percent === null ? null : { percent, phase })
  })
}

control.run()
