import { connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  findStranger,
  parseListeners,
  strangerAt,
  strangerBehind,
} from '../../src/computer/listeners.ts'
import { listen } from '../helpers/listen.ts'

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const REST = '00000000:00000000 00:00000000 00000000'

const test = suite('computer/listeners')

const LINES: readonly [name: string, line: string, user: number | null][] = [
  ['on loopback', `0: 0100007F:235A 00000000:0000 0A ${REST}  1001 0 1`, 1001],
  ['on all addresses', `1: 00000000:235A 00000000:0000 0A ${REST} 0 0 1`, 0],
  ['at another port', `1: 00000000:0016 00000000:235A 0A ${REST} 0 0 1`, null],
  [
    'on all addresses of IPv6',
    `2: ${'0'.repeat(32)}:235A ${'0'.repeat(32)}:0000 0A ${REST} 103 0 1`,
    103,
  ],
  ['on another address', `3: 0200000A:235A 00000000:0000 0A ${REST} 1001 0 1`, null],
  ['connected', `4: 0100007F:235A 0100007F:1234 01 ${REST} 1001 0 1`, null],
  ['nothing', '', null],
]

for (const [name, line, user] of LINES) {
  test(name, () => {
    assert.equal(parseListeners(`${HEAD}\n${line}\n`, 9050), user === null ? [] : [user])
  })
}

test('what we run ourselves is no stranger’s, nor where nobody listens', async () => {
  const server = await listen(() => {})
  assert.is(strangerAt(server.port), null)
  server.stop()
  assert.is(strangerAt(server.port), null)
})

const PORTS = { localPort: 0x1234, remotePort: 0x235a }

for (const [name, line, expected] of [
  ['a service’s', `0100007F:235A 0100007F:1234 01 ${REST} 103 0 7`, null],
  ['root’s', `0100007F:235A 0100007F:1234 01 ${REST} 0 0 7`, null],
  ['our own', `0100007F:235A 0100007F:1234 01 ${REST} ${process.geteuid?.()} 0 7`, null],
  ['a person’s', `0100007F:235A 0100007F:1234 01 ${REST} 1099 0 7`, 1099],
  ['systemd-homed’s', `0100007F:235A 0100007F:1234 01 ${REST} 60001 0 7`, 60_001],
  ['a subuid’s', `0100007F:235A 0100007F:1234 01 ${REST} 100000 0 7`, 100_000],
  ['a domain’s', `0100007F:235A 0100007F:1234 01 ${REST} 1200500 0 7`, 1_200_500],
  [
    'by IPv6',
    `0000000000000000FFFF00000100007F:235A 0000000000000000FFFF00000100007F:1234 01 ${REST} 1099 0 7`,
    1099,
  ],
  ['not taken yet, or given up', `0100007F:235A 0100007F:1234 01 ${REST} 0 0 0`, 'nobody'],
  ['another one', `0100007F:235A 0100007F:1235 01 ${REST} 0 0 7`, 'nobody'],
  ['at another address', `0200000A:235A 0100007F:1234 01 ${REST} 0 0 7`, 'nobody'],
  ['our own end', `0100007F:1234 0100007F:235A 01 ${REST} 0 0 7`, 'nobody'],
] as const) {
  test(`the other end of a connection is ${name}`, () => {
    assert.is(findStranger(`${HEAD}\n  0: ${line}\n${HEAD}\n`, PORTS), expected)
  })
}

test('the other end of a connection of our own', async () => {
  const server = await listen((socket) => socket.write('x'))
  const socket = connect(server.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('data', resolve))
  const { localPort, remotePort } = socket
  assert.is(strangerBehind({ localPort, remotePort }), null)
  assert.is(strangerBehind({ localPort, remotePort: 1 }), 'nobody')
  socket.destroy()
  server.stop()
})

test.run()
