import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BannerCheck, type Verdict } from '../../src/core/banner.ts'
import { Random } from '../helpers/random.ts'

const test = suite('core/banner')
const random = new Random('core/banner')

/** As OpenSSH's client has them: bytes of a line, lines before the version. */
const [LINE, LINES] = [8192, 1024]

interface Case {
  readonly name: string
  readonly said: string
  readonly verdict: Verdict
  readonly firstLine?: string
}

const CASES: readonly Case[] = [
  { name: 'OpenSSH', said: 'SSH-2.0-OpenSSH_9.2\r\n', verdict: 'ssh', firstLine: 'SSH-' },
  { name: 'the four letters are enough', said: 'SSH-', verdict: 'ssh' },
  { name: 'three are not', said: 'SSH', verdict: 'more' },
  { name: 'nothing yet', said: '', verdict: 'more', firstLine: '' },
  { name: 'other letters', said: 'ssh-2.0-x\r\n', verdict: 'more', firstLine: 'ssh-2.0-x' },
  { name: 'not at the beginning of a line', said: 'xSSH-2.0\n', verdict: 'more' },
  { name: 'a line before it', said: 'Hello.\r\nSSH-2.0-x', verdict: 'ssh', firstLine: 'Hello.' },
  { name: 'lines that end in LF alone', said: 'one\ntwo\nSSH-', verdict: 'ssh', firstLine: 'one' },
  { name: 'empty lines before it', said: '\n\r\n\nSSH-', verdict: 'ssh', firstLine: '' },
  { name: 'a line that begins alike', said: 'SSX\nSSH-', verdict: 'ssh', firstLine: 'SSX' },
  { name: 'a line that is a part of it', said: 'SS\nH-', verdict: 'more' },
  { name: 'a web server', said: 'HTTP/1.1 400 Bad\r\n', verdict: 'more' },
  { name: 'a zero byte', said: 'SS\0H-', verdict: 'other', firstLine: 'SS' },
  { name: 'TLS', said: '\x15\x03\x01\x00\x02', verdict: 'other', firstLine: '\x15\x03\x01' },
  { name: 'a line as long as may be', said: `${'x'.repeat(LINE)}\nSSH-`, verdict: 'ssh' },
  { name: 'a line too long', said: 'x'.repeat(LINE + 1), verdict: 'other' },
  { name: 'as many lines as may be', said: `${'\n'.repeat(LINES)}SSH-`, verdict: 'ssh' },
  { name: 'a line too many', said: '\n'.repeat(LINES + 1), verdict: 'other' },
  {
    name: 'the first line is cut at 80',
    said: 'y'.repeat(200),
    verdict: 'more',
    firstLine: 'y'.repeat(80),
  },
  { name: 'the first line is Latin-1', said: 'caf\xe9\n', verdict: 'more', firstLine: 'caf\xe9' },
]

for (const { name, said, verdict, firstLine } of CASES) {
  const bytes = Buffer.from(said, 'latin1')
  test(`${name}: ${verdict}`, () => {
    const check = new BannerCheck()
    assert.is(check.push(bytes), verdict)
    if (firstLine !== undefined) assert.is(check.firstLine, firstLine)
  })

  test(`${name}, in pieces: ${verdict}`, () => {
    for (const longest of [1, 2, 5, 1000]) {
      const whole = new BannerCheck()
      whole.push(bytes)
      const check = new BannerCheck()
      assert.is(pushPieces(check, random.chop(bytes, longest)), verdict)
      assert.is(check.firstLine, whole.firstLine)
    }
  })
}

test.run()

function pushPieces(check: BannerCheck, pieces: readonly Buffer[]): Verdict {
  for (const piece of pieces) {
    const verdict = check.push(piece)
    if (verdict !== 'more') return verdict
  }
  return 'more'
}
