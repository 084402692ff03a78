import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lookAtQueue, parseQueue } from '../../src/computer/receive-queue.ts'

/** A line of /proc/net/tcp: of a state, with so many bytes to read, both hexadecimal. */
const table = (state: string, waiting: string) => `\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:56CE 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 8412 1 0 100 0 0 10 0
   1: 0100007F:B3F2 0100007F:56CE ${state} 00000000:${waiting} 00:00000000 00000000     0        0 8413 1 0 20 4 30 10 -1
`

const CASES = [
  ['01', '00000000', 'nothing'],
  ['01', '0000002A', 'bytes'],
  ['08', '00000001', 'closed'],
  ['08', '00000000', 'closed'],
  ['08', '00000002', 'bytes'],
  ['07', '00000000', 'closed'],
] as const

const test = suite('computer/receive-queue')

for (const [state, waiting, expected] of CASES) {
  test(`state ${state} and ${Number.parseInt(waiting, 16)} bytes: ${expected}`, () => {
    assert.is(parseQueue(table(state, waiting), '8413'), expected)
  })
}

test('an inode that is in no line', () => assert.is(parseQueue(table('01', '0'), '841'), null))

test('a descriptor that is none, and one that is no socket', () => {
  assert.is(lookAtQueue(-1), 'unknown')
  assert.is(lookAtQueue(0), 'unknown')
})

test.run()
