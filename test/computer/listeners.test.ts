import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseListeners, strangerAt } from '../../src/computer/listeners.ts'
import { listen } from '../helpers/listen.ts'

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const REST = '00000000:00000000 00:00000000 00000000'

const test = suite('computer/listeners')

const LINES: readonly [name: string, line: string, found: { port: number; user: number } | null][] =
  [
    [
      'on loopback',
      `0: 0100007F:235A 00000000:0000 0A ${REST}  1001 0 1`,
      { port: 9050, user: 1001 },
    ],
    ['on all addresses', `1: 00000000:0016 00000000:0000 0A ${REST} 0 0 1`, { port: 22, user: 0 }],
    [
      'on all addresses of IPv6',
      `2: ${'0'.repeat(32)}:235A ${'0'.repeat(32)}:0000 0A ${REST} 103 0 1`,
      { port: 9050, user: 103 },
    ],
    ['on another address', `3: 0200000A:235A 00000000:0000 0A ${REST} 1001 0 1`, null],
    ['connected', `4: 0100007F:235A 0100007F:1234 01 ${REST} 1001 0 1`, null],
    ['nothing', '', null],
  ]

for (const [name, line, found] of LINES) {
  test(name, () => {
    assert.equal(parseListeners(`${HEAD}\n${line}\n`), found === null ? [] : [found])
  })
}

test('what we run ourselves is no stranger’s, nor where nobody listens', async () => {
  const server = await listen(() => {})
  assert.is(strangerAt(server.port), null)
  server.stop()
  assert.is(strangerAt(server.port), null)
})

test.run()
