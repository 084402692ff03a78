import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/core/connection.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialCommand } from '../../src/transports/command.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caught, caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { listen } from '../helpers/listen.ts'
import { Random } from '../helpers/random.ts'
import { readConnection } from '../helpers/read-connection.ts'
import { soon } from '../helpers/soon.ts'
import { until } from '../helpers/until.ts'

const TICKET = 'nodeaaaabbbbccccdddd'

const test = suite('transports/command')
const random = new Random('transports/command')

const PROGRAMS: readonly [name: string, words: (port: number) => string[]][] = [
  ['cat', () => ['cat']],
  ['sh -c', () => ['sh', '-c', 'cat']],
  ['nc', (port) => ['nc', '-N', '127.0.0.1', String(port)]],
  ['socat', (port) => ['socat', '-t', '60', '-', `TCP:127.0.0.1:${port}`]],
]

for (const [name, words] of PROGRAMS) {
  test(`${name}: bytes go both ways, and each side ends by itself`, async () => {
    const echo = await listen((socket) => socket.pipe(socket))
    const connection = await open(words(echo.port))
    const bytes = random.bytes(300_000)
    const back = readConnection(connection)
    for (const piece of random.chop(bytes, 60_000)) await connection.write(piece)
    await connection.end()
    assert.ok((await soon('the echo', back)).equals(bytes))
    connection.close()
    echo.stop()
  })
}

test('a program that ends its side first is still written to', async () => {
  const file = join(makeFolder(), 'written')
  const connection = await open(['sh', '-c', `echo first; exec >&-; cat >${file}`])
  assert.is((await soon('its side', readConnection(connection))).toString(), 'first\n')
  await connection.write(Buffer.from('later'))
  await connection.end()
  await until('it is written', () => existsSync(file) && readFileSync(file, 'utf8') === 'later')
  connection.close()
})

test('words are arguments, and no shell sees them', async () => {
  const words = ['$HOME', 'a b', '`id`', ';', '"', "'", '*', '']
  const connection = await open(['printf', '<%s>', ...words])
  const said = await readConnection(connection)
  assert.is(said.toString(), words.map((word) => `<${word}>`).join(''))
})

test('a program that is not read is held back', async () => {
  const connection = await open(['yes', 'x'.repeat(1000)])
  assert.is((await connection.read())?.[0], 'x'.charCodeAt(0))
  connection.close()
})

test('variables that hold keys stay here', async () => {
  process.env['SOPS_AGE_KEY'] = 'AGE-SECRET-KEY-1'
  const connection = await open(['sh', '-c', 'echo "<$SOPS_AGE_KEY>"'])
  delete process.env['SOPS_AGE_KEY']
  assert.is((await readConnection(connection)).toString(), '<>\n')
})

const ENDS: readonly [name: string, script: string, message: string][] = [
  ['a success without a word', 'exit 0', '"sh" ended (status 0)'],
  ['a failure without a word', 'exit 3', '"sh" ended (status 3)'],
  ['a failure with words', 'echo no such pod >&2; exit 1', '"sh" ended (status 1): no such pod'],
  ['a signal', 'kill -9 $$', '"sh" ended (SIGKILL)'],
  ['the last lines', 'seq 9 >&2; exit 1', '"sh" ended (status 1): 6; 7; 8; 9'],
  ['empty lines', 'printf "a\\n\\n  \\r\\nb\\n" >&2; exit 1', '"sh" ended (status 1): a; b'],
  ['controls', 'printf "\\033[2Jno" >&2; exit 1', '"sh" ended (status 1): \\x1b[2Jno'],
  [
    'what ssh says behind it',
    'echo why >&2; echo Connection closed by UNKNOWN port 65535 >&2; exit 255',
    '"sh" ended (status 255): why',
  ],
  [
    'what ssh says alone',
    'echo Connection closed by UNKNOWN port 65535 >&2; exit 255',
    '"sh" ended (status 255): Connection closed by UNKNOWN port 65535',
  ],
  [
    'somebody else has its stderr',
    'echo why >&2; sleep 60 <&- >&- & exit 1',
    '"sh" ended (status 1): why',
  ],
  ['an output that it closes', 'exec >&-; exec sleep 60', '"sh" closed its output'],
]

for (const [name, script, message] of ENDS) {
  test(`it ends before it says anything: ${name}`, async () => {
    const connection = await open(['sh', '-c', script])
    const error = await caughtByway('UNAVAILABLE', soon('the end', connection.read()))
    assert.is(error.message, message)
    connection.close()
  })

  test(`it ends after it has said something: ${name}`, async () => {
    const connection = await open(['sh', '-c', `echo hello; ${script}`])
    assert.is(Buffer.from((await connection.read()) ?? []).toString(), 'hello\n')
    const fine = message.endsWith('(status 0)') || message.endsWith('output')
    if (fine) assert.is(await soon('the end', connection.read()), null)
    else {
      const error = await caughtByway('IOERR', soon('the end', connection.read()))
      assert.is(error.message, message)
    }
    connection.close()
  })
}

test('it ends, and somebody else keeps its output and says nothing', async () => {
  const connection = await open(['sh', '-c', 'echo hello; sleep 60 & exit 0'])
  assert.is((await soon('the end', readConnection(connection))).toString(), 'hello\n')
  connection.close()
})

test('it ends, and somebody else goes on with its output', async () => {
  const connection = await open([
    'sh',
    '-c',
    '(echo hello; while kill -0 $$ 2>/dev/null; do :; done; echo there) & exit 0',
  ])
  assert.is((await soon('the end', readConnection(connection))).toString(), 'hello\nthere\n')
})

test('the program’s words are asked for a hint', async () => {
  const hint = (said: string) => `said: ${said}`
  const program = { words: ['sh', '-c', 'echo why >&2; exit 1'], secrets: [], hint }
  const connection = await dialCommand(program, new FakeAttempt())
  const error = await caughtByway('UNAVAILABLE', connection.read())
  assert.is(error.hint, 'said: why')
})

const LEAKS: readonly [name: string, script: string, shown: RegExp][] = [
  ['by itself', 'echo "$0" >&2; exit 1', /: \[secret\]$/],
  ['in a sentence, twice', 'echo "no <$0> and no <$0>!" >&2; exit 1', /no <\[secret\]> and no <\[/],
  ['over many lines', 'for i in 1 2 3 4 5 6; do echo "$0" >&2; done; exit 1', /: \[secret\]; \[/],
  ['cut in the middle', 'seq 1000 | sed "s/.*/$0$0$0/" | tr -d "\\n" >&2; exit 1', /\(status 1\)$/],
]

for (const [name, script, shown] of LEAKS) {
  test(`it tells a secret ${name}: nobody hears it`, async () => {
    const program = { words: ['sh', '-c', script, TICKET], secrets: [new Secret(TICKET)] }
    const connection = await dialCommand(program, new FakeAttempt())
    const error = await caughtByway('UNAVAILABLE', soon('the end', connection.read()))
    hides(error, TICKET, TICKET.slice(4))
    assert.match(error.message, shown)
  })
}

const UNSTARTABLE: readonly [name: string, words: string[], reason: string][] = [
  ['no such program', ['no-such-program-xyz', TICKET], 'no such program'],
  ['a path where nothing is', ['/no/such/program', TICKET], 'no such program'],
  ['a folder', ['/tmp', TICKET], 'permission denied'],
  ['a file that is no program', ['/etc/passwd', TICKET], 'permission denied'],
  ['nothing', ['', TICKET], 'an argument that no program can be given'],
  ['a NUL', ['cat', `${TICKET}\0`], 'an argument that no program can be given'],
  ['too many arguments', ['cat', TICKET.repeat(200_000)], 'its arguments are too long'],
]

for (const [name, words, reason] of UNSTARTABLE) {
  test(`cannot be started: ${name}`, async () => {
    const error = await caughtByway('UNAVAILABLE', open(words))
    assert.is(error.message, `start "${words[0]}": ${reason}`)
    hides(error, TICKET)
  })
}

test('an attempt that is over before it has begun', async () => {
  const attempt = new FakeAttempt()
  attempt.abort('enough')
  const program = { words: ['cat'], secrets: [] }
  assert.is(await caught(dialCommand(program, attempt)), 'enough')
})

test.run()

function open(words: readonly string[]): Promise<Connection> {
  return soon('the start', dialCommand({ words, secrets: [] }, new FakeAttempt()))
}
