import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { startSaying } from '../helpers/peers.ts'
import { mustRun, run } from '../helpers/program.ts'
import { assertRefused, type Refusal, refuses } from '../helpers/refusal.ts'

/** Machines that the inventory of these tests knows; nothing answers where they are. */
const MACHINES = ['web01', 'web02', 'Database', 'my_cool_machine']

/** Command lines, and how they have to end. */
type Lines = Readonly<Record<string, Refusal & { readonly args: readonly string[] }>>

const connect = (...args: string[]) => ['connect', ...args]
const unknown = (name: string) => ({ status: 68, words: [`no machine "${name}" in the inventory`] })

/** What ssh passes on as it was typed, or is put into a script by mistake. */
const NAMES: Lines = {
  'a flag of ssh': { args: connect('-oProxyCommand=x'), status: 64, words: [/unknown/i] },
  'a flag of ssh, behind --': {
    args: connect('--', '-oProxyCommand=x'),
    ...unknown('-oProxyCommand=x'),
  },
  'a space': { args: connect('a b'), ...unknown('a b') },
  'a command substitution': { args: connect('$(touch pwned)'), ...unknown('$(touch pwned)') },
  backquotes: { args: connect('`touch pwned`'), ...unknown('`touch pwned`') },
  'a semicolon': { args: connect('x;touch pwned'), ...unknown('x;touch pwned') },
  'a newline': {
    args: connect('web01\nbyway: all is well'),
    status: 68,
    words: ['"web01\\x0abyway'],
  },
  'an escape sequence': {
    args: connect('\x1b]0;pwned\x07'),
    status: 68,
    words: ['\\x1b]0;pwned\\x07'],
  },
  'a turn of the text': { args: connect('web\u202e10'), status: 68, words: ['web\\u202e10'] },
  '10 kB': { args: connect('x'.repeat(10_000)), status: 68, words: ['no machine "xxx'] },
  nothing: { args: connect(''), ...unknown('') },
  'a path': { args: connect('../../etc/passwd'), ...unknown('../../etc/passwd') },
  'a key of every object': { args: connect('__proto__'), ...unknown('__proto__') },
  'another one': { args: connect('constructor'), ...unknown('constructor') },
  'a pattern': { args: connect('web*'), ...unknown('web*') },
  'a token of ssh': { args: connect('%h'), ...unknown('%h') },
  'a name in other letter case': {
    args: connect('database'),
    status: 68,
    words: ['no machine "database"', 'hint: did you mean Database?'],
  },
  'a typing error': {
    args: connect('web03'),
    status: 68,
    words: ['no machine "web03"', /hint: did you mean web0[12], web0[12]\?/],
  },
  'a name like no other': { args: connect('zzzzzzzz'), status: 68, words: [/"zzzzzzzz"[^?]*$/] },
  "a domain that is not the inventory's": {
    args: connect('web01.example'),
    ...unknown('web01.example'),
  },
}

const port = (word: string) => ({
  args: connect('web01', word),
  status: 64,
  words: [`port "${word}": expected a number from 1 to 65535`],
})

const PORTS: Lines = {
  zero: port('0'),
  'too high': port('65536'),
  'far too high': port('99999999999999999999'),
  negative: { args: connect('web01', '-1'), status: 64, words: ['-1'] },
  'a word': port('ssh'),
  'a number and more': port('22x'),
  'an exponent': port('1e3'),
  hexadecimal: port('0x16'),
  'a space before': port(' 22'),
  'other digits': port('٢٢'),
  nothing: port(''),
}

const timeout = (word: string) => ({
  args: connect(`--timeout=${word}`, 'web01'),
  status: 64,
  words: [`--timeout "${word}": expected seconds`],
})

const FLAGS: Lines = {
  'no machine': { args: connect(), status: 64, words: [/machine|argument/] },
  'two ports': { args: connect('web01', '22', '23'), status: 64, words: ['23'] },
  'an unknown flag': { args: connect('--fdpas', 'web01'), status: 64, words: ['fdpas'] },
  'a timeout of nothing': timeout('0'),
  'a timeout that is a word': timeout('soon'),
  'a negative timeout': timeout('-5'),
  'a timeout without end': timeout('Infinity'),
  'a timeout of years': timeout('99999999'),
  'a timeout without its value': {
    args: connect('web01', '--timeout'),
    status: 64,
    words: ['timeout'],
  },
  'a network without its name': { args: connect('web01', '-n'), status: 64, words: ['n'] },
  'an unknown network': {
    args: connect('-n', 'internt', 'web01'),
    status: 68,
    words: [
      'machine "web01" is not in network "internt"',
      'hint: did you mean internet? its networks: internet, tor',
    ],
  },
  'one network that is and one that is not': {
    args: connect('-n', 'internet', '-n', '$(x)', 'web01'),
    status: 68,
    words: ['is not in network "$(x)"'],
  },
  'an unknown command': {
    args: ['conect', 'web01'],
    status: 64,
    words: ['conect', 'hint: did you mean "byway connect"?'],
  },
  'no command': {
    args: [],
    status: 64,
    words: ['no command given', 'hint: byway --help shows all'],
  },
  'explain without a machine': { args: ['explain'], status: 64, words: [/byway: /] },
  'explain of an unknown machine': { args: ['explain', 'web03'], ...unknown('web03') },
  'ping of an unknown machine': { args: ['ping', 'web03'], ...unknown('web03') },
  'ssh to an unknown machine': { args: ['ssh', 'root@web03'], ...unknown('web03') },
  'ping with a bad timeout': { args: ['ping', '--timeout=x', 'web01'], status: 64, words: ['"x"'] },
  'list of something': { args: ['list', 'web01'], status: 64, words: ['web01'] },
}

const HINT = 'hint: with "ProxyUseFdpass yes" write "ProxyCommand env NODE_CHANNEL_FD=1 byway'

/** Shells' lines around `byway`, and how they have to end. */
const STREAMS: Readonly<Record<string, Refusal & { readonly line: string }>> = {
  'fdpass, stdout is a pipe': {
    line: 'byway connect --fdpass web01',
    status: 64,
    words: ['--fdpass: stdout is not a channel', HINT],
  },
  'fdpass, stdout is a file': {
    line: 'byway connect --fdpass web01 >out; st=$?; cat out; exit $st',
    status: 64,
    words: ['--fdpass: stdout is not a channel', HINT],
  },
  'fdpass, told that stdout is a channel, which it is not': {
    line: 'NODE_CHANNEL_FD=1 byway connect --fdpass web01 >out; st=$?; cat out; exit $st',
    status: 64,
    words: ['--fdpass: stdout is not a channel'],
  },
  'stdin closed': { line: 'byway connect web03 <&-', ...unknown('web03') },
  'stdout closed': { line: 'byway connect web03 >&-', ...unknown('web03') },
  'nothing that answers, stdin at its end': {
    line: 'byway connect web01 </dev/null',
    status: 69,
    words: ['no route to "web01" answered', '  internet  127.77.0.1:1  connect  dial 127.77.0.1:1'],
  },
  'nothing that answers, stdout closed': {
    line: 'byway connect web01 >&-',
    status: 69,
    words: ['no route to "web01" answered'],
  },
}

const badInput = suite('bad input')

for (const [kind, lines] of Object.entries({ name: NAMES, port: PORTS, flag: FLAGS })) {
  for (const [title, { args, ...refusal }] of Object.entries(lines)) {
    for (const artefact of artefactsFor(title)) {
      badInput(`${artefact.name}: ${kind}: ${title}`, async () => {
        const home = settle(artefact)
        await refuses(home, args, refusal)
        assert.not.ok(existsSync(join(home.folder, 'pwned')), 'nothing of it was run')
      })
    }
  }
}

for (const artefact of ARTEFACTS) {
  for (const [title, { line, ...refusal }] of Object.entries(STREAMS)) {
    badInput(`${artefact.name}: streams: ${title}`, async () => {
      const { env, folder } = settle(artefact)
      assertRefused(await run(['sh', '-c', line], { env, cwd: folder }), refusal)
    })
  }

  badInput(`${artefact.name}: streams: stderr closed: the status is the same`, async () => {
    const { env } = settle(artefact)
    const { status } = await run(['sh', '-c', 'byway connect web03 2>&-'], { env })
    assert.is(status, 68)
  })

  badInput(`${artefact.name}: streams: a reader of the table that leaves is no error`, async () => {
    const { env } = settle(artefact)
    const { stderr } = await mustRun(['sh', '-c', 'byway list | exec true'], { env })
    assert.is(stderr, '')
  })

  badInput(`${artefact.name}: help goes to stdout, and is no error`, async () => {
    const { stdout, stderr, status } = await runByway(settle(artefact), ['--help'])
    assert.match(stdout.toString(), /byway connect <machine> \[port\]/)
    assert.equal([status, stderr], [0, ''])
  })
}

badInput(
  'streams: a channel for the socket, and no --fdpass: said, and not called a bug',
  async () => {
    const peer = await startSaying('SSH-2.0-x\r\n')
    const home = new Home(SCRIPT)
    const peers = { web01: { host: peer.host, port: peer.port } }
    home.writeInventory({ networks: { internet: { peers } } })
    const said = await receiveSocket(home, ['connect', 'web01']).then(() => '', String)
    assert.match(said, /byway: .*--fdpass/)
    assert.not.match(said, 'this is a bug')
    peer.stop()
  },
)

badInput.run()

/** The script is quicker to try many things with; a few of each are tried with both. */
function artefactsFor(title: string): readonly Artefact[] {
  return /a flag|a newline|zero|a typing error|no machine|unknown/.test(title)
    ? ARTEFACTS
    : [SCRIPT]
}

function settle(artefact: Artefact): Home {
  const home = new Home(artefact)
  const peers = Object.fromEntries(MACHINES.map((name) => [name, { host: '127.77.0.1', port: 1 }]))
  home.writeInventory({
    domain: 'clan.example',
    networks: { internet: { priority: 2, peers }, tor: { priority: 1, peers } },
  })
  return home
}
