import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, SCRIPT } from '../helpers/byway.ts'
import { type Refusal, refuses } from '../helpers/refusal.ts'

/** Where the tests put the file. */
const FILE = 'inventory.json'

/** A file that is no inventory, and what has to be said of it besides its name. */
interface BadFile {
  /** its text, or a value to be written as JSON */
  readonly content: unknown
  readonly words: readonly (string | RegExp)[]
}

const peer = (value: unknown) => ({ networks: { home: { peers: { web: value } } } })
const network = (value: unknown) => ({ networks: { home: value } })
const at = (place: string, found: string) => `: networks.home${place}: found ${found}, expected `

const TEXTS: Readonly<Record<string, BadFile>> = {
  'an empty file': { content: '', words: ['found an empty file, expected JSON'] },
  'blanks only': { content: ' \n\t\n', words: ['found an empty file, expected JSON'] },
  'a zero byte': { content: '\0', words: [/line 1, column 1: found .*U\+0000/] },
  words: { content: 'hello', words: ['line 1, column 1: found "h", expected a value'] },
  HTML: { content: '<html>', words: ['line 1, column 1: found "<", expected a value'] },
  Nix: { content: '{ networks = { }; }', words: [/line 1, column 3: found "n", expected a key/] },
  'cut off in the middle': {
    content: '{"networks": {\n  "home": {"peers": {"web": {"host": "a',
    words: [/line 2, column \d+: found/],
  },
  'cut off at the end': {
    content: '{"networks": {}',
    words: ['found the end of the file', 'hint: the file is cut off'],
  },
  'a comma too many': {
    content: '{"networks": {},}',
    words: ['line 1, column 17: found "}", expected a key in double quotes'],
  },
  'a comment': { content: '{\n  // mine\n}', words: ['line 2, column 3: found "/"'] },
  'single quotes': { content: "{'networks': {}}", words: [/column 2: found "'"/] },
  'two documents': { content: '{} {}', words: ['expected nothing more'] },
  'what nix prints before it fails': {
    content: '{"instances": {"a": {"networking":',
    words: ['found the end of the file', 'hint: the file is cut off'],
  },
  'UTF-16': { content: Buffer.from('\ufeff{}', 'utf16le'), words: [/line 1, column 1: found/] },
  'bytes that are no text': {
    content: Buffer.from([0xff, 0xfe, 0x80]),
    words: ['line 1, column 1'],
  },
}

const SHAPES: Readonly<Record<string, BadFile>> = {
  null: { content: null, words: ['found null, expected'] },
  'a list': { content: [], words: ['found a list, expected'] },
  'a number': { content: 7, words: ['found a number, expected'] },
  'an empty object': { content: {}, words: ['found an empty object, expected'] },
  'some other object': { content: { name: 'x', version: '1' }, words: ['"name", "version"'] },
  'a typing error at the top': {
    content: { network: { home: {} } },
    words: ['hint: did you mean "networks" where it says "network"?'],
  },
  'networks is a list': { content: { networks: [] }, words: ['networks: found an empty list'] },
  'a network is a text': { content: network('x'), words: [at('', '"x"')] },
  'a network is null': { content: network(null), words: [at('', 'null')] },
  'an unknown key of a network': {
    content: network({ prioritty: 3 }),
    words: [at('.prioritty', 'an unknown key'), 'expected "priority"'],
  },
  'an unknown key of a peer': {
    content: peer({ host: 'a', usr: 'x' }),
    words: [at('.peers.web.usr', 'an unknown key'), 'expected "user"'],
  },
  'an unknown key at the top': {
    content: { networks: {}, domian: 'x' },
    words: ['expected "domain"'],
  },
  'a priority that is a text': {
    content: network({ priority: '10' }),
    words: [at('.priority', '"10"'), 'a number'],
  },
  'an unknown technology': {
    content: network({ technology: 'sock' }),
    words: [at('.technology', '"sock"'), 'expected "socks"'],
  },
  'a peer without a host': {
    content: peer({ port: 22 }),
    words: [at('.peers.web', 'a peer without a host'), '"host" or "hosts"'],
  },
  'a host that is a number': { content: peer({ host: 7 }), words: [at('.peers.web.host', '7')] },
  'a host that is a flag': {
    content: peer({ host: '-oProxyCommand=x' }),
    words: [at('.peers.web.host', '"-oProxyCommand=x"')],
  },
  'a host with a space': {
    content: peer({ host: 'a b' }),
    words: [at('.peers.web.host', '"a b"')],
  },
  'a host with a command': {
    content: peer({ host: '$(x)' }),
    words: [at('.peers.web.host', '"$(x)"')],
  },
  'a host with a newline in it': {
    content: peer({ host: 'a\nb' }),
    words: [at('.peers.web.host', '"a\\nb"')],
  },
  'a host with an escape sequence': {
    content: peer({ host: '\x1b[2Jx' }),
    words: [at('.peers.web.host', '"\\u001b[2Jx"')],
  },
  'the port of a host is none': {
    content: peer({ host: 'a:99999' }),
    words: [at('.peers.web.host', '"a:99999"'), 'a port from 1 to 65535'],
  },
  'one host of a list': {
    content: peer({ hosts: ['a', ''], host: ['b', { plain: 7 }] }),
    words: [at('.peers.web.host[1].plain', '7')],
  },
  'a var without its file': {
    content: peer({ host: { var: { machine: 'web', generator: 'g' } } }),
    words: [at('.peers.web.host.var.file', 'nothing')],
  },
  'a var that is a path': {
    content: peer({ host: { var: { machine: 'web', generator: '../..', file: 'x' } } }),
    words: [at('.peers.web.host.var.generator', '"../.."')],
  },
  'port 0': { content: peer({ host: 'a', port: 0 }), words: [at('.peers.web.port', '0')] },
  'port 65536': {
    content: peer({ host: 'a', port: 65536 }),
    words: [at('.peers.web.port', '65536')],
  },
  'port 22.5': { content: peer({ host: 'a', port: 22.5 }), words: [at('.peers.web.port', '22.5')] },
  'a port that is a text': {
    content: peer({ host: 'a', port: '22' }),
    words: [at('.peers.web.port', '"22"'), 'a port from 1 to 65535'],
  },
  'a user that is a flag': {
    content: peer({ host: 'a', user: '-x' }),
    words: [at('.peers.web.user', '"-x"')],
  },
  'a machine whose name is a flag': {
    content: network({ peers: { '-oX': { host: 'a' } } }),
    words: [at('.peers["-oX"]', 'the name "-oX"')],
  },
  'a proxy that is no address': {
    content: network({ socks: 'http://x' }),
    words: [at('.socks', 'a text of 8 characters')],
  },
  'a proxy with a secret and without a port': {
    content: network({ socks: 'socks5h://u:sw0rdfish@x:y' }),
    words: [at('.socks', 'a text of 25 characters')],
  },
  'a command': {
    content: network({ command: ['sh', '-c', 'id'] }),
    words: [at('.command', 'a program to run'), 'hint: set "allowCommands": true'],
  },
  'an option that runs a program': {
    content: peer({ host: 'a', SSHOptions: ['-oProxyCommand=id'] }),
    words: [
      'SSHOptions: found the option proxycommand, which runs a program',
      'hint: set "allowCommands"',
    ],
  },
}

const badInventory = suite('bad inventories')

for (const [title, { content, words }] of Object.entries({ ...TEXTS, ...SHAPES })) {
  for (const artefact of artefactsFor(title)) {
    badInventory(`${artefact.name}: ${title}: 65, file, place, found and expected`, async () => {
      const home = new Home(artefact)
      const raw = typeof content === 'string' || Buffer.isBuffer(content)
      const file = home.writeFile(FILE, raw ? content : JSON.stringify(content))
      const refusal: Refusal = { status: 65, words: [`byway: ${file}: `, ...words] }
      const said = await refuses(home, ['connect', '--inventory', file, 'web'], refusal)
      assert.not.match(said, 'sw0rdfish')
    })
  }
}

badInventory.run()

/** The script is quicker to try many things with; a few are tried with both. */
function artefactsFor(title: string): readonly Artefact[] {
  return /empty file|cut off|unknown key|port 0|a command/.test(title) ? ARTEFACTS : [SCRIPT]
}
