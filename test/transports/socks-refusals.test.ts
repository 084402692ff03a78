import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { BywayError } from '../../src/core/errors.ts'
import type { SocksProxy } from '../../src/core/means.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { settled } from '../helpers/fake-clock.ts'
import { Random } from '../helpers/random.ts'
import { type ScriptOptions, startScript, type Turn } from '../helpers/scripted-proxy.ts'
import * as socks from '../helpers/socks-bytes.ts'
import { soon } from '../helpers/soon.ts'

const USER = 'wallaby'
const PASSWORD = 'correct horse battery'
const HOST = 'quokka.example'
const WANTED = socks.request(socks.name(HOST), 22)
const LOGIN = socks.login(USER, PASSWORD)

const test = suite('transports/socks: refusals')
const random = new Random('transports/socks')

const WORDS: readonly [code: number, words: string][] = [
  [1, 'general failure'],
  [2, 'not allowed by its rules'],
  [3, 'network unreachable'],
  [4, 'host unreachable'],
  [5, 'connection refused'],
  [6, 'timed out (TTL expired)'],
  [7, 'command not supported'],
  [8, 'address type not supported'],
  [9, 'reply 0x09'],
  [0xff, 'reply 0xff'],
  [0xf0, 'the descriptor was not found'],
]

for (const [code, words] of WORDS) {
  const replies = { 0xf0: { reason: 'the descriptor was not found', hint: 'wait' } }

  test(`reply ${code}: ${words}`, async () => {
    const error = await refusal(open(socks.reply(code)), {}, { replies })
    assert.ok(error.message.endsWith(`: ${words}`), error.message)
    assert.is(error.hint, code === 0xf0 ? 'wait' : undefined)
  })

  test(`reply ${code}, and closed after two bytes of it: ${words}`, async () => {
    const error = await refusal(open(socks.reply(code).subarray(0, 2)), {}, { replies })
    assert.ok(error.message.endsWith(`: ${words}`), error.message)
  })
}

const AUTHENTICATION: readonly [
  name: string,
  turns: readonly Turn[],
  known: boolean,
  words: RegExp,
][] = [
  [
    'the proxy wants a password, we have none',
    [{ takes: 3, says: socks.method(0xff) }],
    false,
    /authentication/,
  ],
  [
    'the proxy takes no password, and nothing else',
    [{ takes: 4, says: socks.method(0xff) }],
    true,
    /authentication/,
  ],
  [
    'the password is wrong',
    [greet(), { takes: LOGIN.length, says: socks.verdict(1) }],
    true,
    /password refused/,
  ],
  [
    'wrong, in the version of SOCKS',
    [greet(), { takes: LOGIN.length, says: socks.method(1) }],
    true,
    /refused/,
  ],
  [
    'the proxy takes GSSAPI, which was not offered',
    [{ takes: 3, says: socks.method(1) }],
    false,
    /authentication/,
  ],
  [
    'the proxy takes a method of its own',
    [{ takes: 3, says: socks.method(0x80) }],
    false,
    /authentication/,
  ],
  [
    'the proxy takes a password that was not offered',
    [{ takes: 3, says: socks.method(2) }],
    false,
    /authentication/,
  ],
]

for (const [name, turns, known, words] of AUTHENTICATION) {
  test(name, async () => {
    const credentials = known ? { user: USER, password: new Secret(PASSWORD) } : {}
    const error = await refusal(turns, {}, credentials)
    assert.match(error.message, words)
  })
}

const GARBAGE: readonly [name: string, says: Buffer][] = [
  ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['an SSH server', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ['SOCKS4, granted', Buffer.from([0, 0x5a, 0, 22, 127, 0, 0, 1])],
  ['zeros', Buffer.alloc(30)],
  ['0xff', Buffer.alloc(30, 0xff)],
  ['TLS', Buffer.from([0x15, 3, 1, 0, 2, 2, 10])],
]

for (const [name, says] of GARBAGE) {
  test(`instead of a proxy ${name}: does not speak SOCKS5`, async () => {
    const error = await refusal([{ takes: 3, says }])
    assert.match(error.message, /does not speak SOCKS5$/)
  })
}

const REPLY_GARBAGE: readonly [name: string, says: Buffer][] = [
  ['another version', Buffer.from([4, 0, 0, 1, 127, 0, 0, 1, 0, 22])],
  ['an address of unknown kind', Buffer.from([5, 0, 0, 2, 127, 0, 0, 1, 0, 22])],
  ['an address of kind 0', Buffer.from([5, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
]

for (const [name, says] of REPLY_GARBAGE) {
  test(`a reply with ${name}: does not speak SOCKS5`, async () => {
    const error = await refusal(open(says))
    assert.match(error.message, /does not speak SOCKS5$/)
  })
}

test('400 proxies that say anything at any time', async () => {
  for (let i = 0; i < 400; i++) {
    const says = random.bytes(random.between(0, 30))
    const opening = random.pick<Turn[]>([[], [{ takes: 3, says: socks.method(0) }]])
    if (opening.length > 0 && says[1] === 0) says[1] = 1
    if (opening.length === 0 && says[0] === 5) says[0] = 4
    const error = await refusal([...opening, { takes: 3, says }])
    assert.match(error.message, /^socks5 127\.0\.0\.1:\d+: [^\p{Cc}]+$/u)
  }
})

const CONVERSATION: readonly Turn[] = [
  greet(),
  { takes: LOGIN.length, says: socks.verdict(0) },
  { takes: WANTED.length, says: socks.reply(0) },
]
const LENGTH = CONVERSATION.reduce((sum, { says }) => sum + says.length, 0)

for (let bytes = 0; bytes < LENGTH; bytes++) {
  for (const ends of ['close', 'reset'] as const) {
    test(`${ends} after ${bytes} of ${LENGTH} bytes`, async () => {
      const credentials = { user: USER, password: new Secret(PASSWORD) }
      const error = await refusal(cut(bytes), { ends }, credentials)
      assert.match(error.message, /: (closed|connection reset)/)
    })
  }
}

const OVERSIZE: readonly [name: string, host: string, credentials: Partial<SocksProxy>][] = [
  ['a name of 256 bytes', `${HOST}${'x'.repeat(256 - HOST.length)}`, {}],
  ['a name of 64 KiB', `${HOST}${'x'.repeat(65_536)}`, {}],
  ['a user of 256 bytes', HOST, { user: 'u'.repeat(256), password: new Secret(PASSWORD) }],
  [
    'a user of 128 letters, 256 bytes',
    HOST,
    { user: 'ü'.repeat(128), password: new Secret(PASSWORD) },
  ],
  ['a password of 256 bytes', HOST, { user: USER, password: new Secret(PASSWORD.padEnd(256)) }],
]

for (const [name, host, credentials] of OVERSIZE) {
  test(`${name}: an error, no crash`, async () => {
    const crashes: unknown[] = []
    const note = (reason: unknown) => void crashes.push(reason)
    process.on('unhandledRejection', note)
    try {
      const error = await refusal(CONVERSATION, {}, { ...credentials, host })
      assert.match(error.message, /255/)
    } finally {
      await settled()
      process.off('unhandledRejection', note)
    }
    assert.equal(crashes, [])
  })
}

test.run()

interface Given extends Partial<SocksProxy> {
  readonly host?: string
}

/** The error of a dial that has to fail, with the proxy closing after its turns; it hides all. */
async function refusal(
  turns: readonly Turn[],
  options: ScriptOptions = {},
  { host = HOST, ...known }: Given = {},
): Promise<BywayError> {
  const proxy = await startScript(turns, { ends: 'close', ...options })
  const target = { host: new Secret(host), port: 22 }
  const dial = dialSocks({ at: proxy.at, ...known }, target, new FakeAttempt())
  try {
    const error = await soon('the dial', caughtByway('UNAVAILABLE', dial))
    hides(error, PASSWORD, HOST, HOST.toUpperCase())
    return error
  } finally {
    proxy.stop()
  }
}

function greet(): Turn {
  return { takes: socks.GREETING_WITH_USER.length, says: socks.method(2) }
}

/** A proxy without passwords that answers the request with this. */
function open(answer: Uint8Array): Turn[] {
  return [
    { takes: socks.GREETING.length, says: socks.method(0) },
    { takes: WANTED.length, says: answer },
  ]
}

/** The conversation until the proxy has said so many bytes. */
function cut(bytes: number): Turn[] {
  let left = bytes
  return CONVERSATION.flatMap(({ takes, says }, i) => {
    const part = says.subarray(0, left)
    left -= part.length
    return part.length === 0 && i > 0 ? [] : [{ takes, says: part }]
  })
}
