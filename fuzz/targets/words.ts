import * as assert from 'node:assert/strict'
import { parseConnectLine } from '../../src/arguments.ts'
import { joinHostPort, splitHostPort } from '../../src/core/host-port.ts'
import { parseIp } from '../../src/core/ip.ts'
import { readHop } from '../../src/core/jumps.ts'
import { nearest } from '../../src/core/nearest.ts'
import { printable } from '../../src/core/printable.ts'
import { Secret } from '../../src/core/secret.ts'
import { shortenOnion } from '../../src/core/show.ts'
import { quote } from '../../src/inventory/findings.ts'
import { absoluteFlake, directoryOf, showFlake } from '../../src/inventory/flake.ts'
import { harmOf } from '../../src/inventory/option-harm.ts'
import { isAddress, isJumpList, isUser, readPlainHost } from '../../src/inventory/shapes/host.ts'
import { readSshOptions } from '../../src/inventory/ssh-options.ts'
import { parseHttpUrl } from '../../src/networks/http.ts'
import { readOnionName } from '../../src/networks/onion.ts'
import { readOnionKey } from '../../src/networks/onion-key.ts'
import { parseSocksUrl } from '../../src/networks/socks-url.ts'
import { makeProxyCommand, quoteCommand } from '../../src/ssh/proxy-command.ts'
import { requirePrintable, SECRETS, survive, type Target, wordsOf } from '../target.ts'

const [PASSWORD = '', ONION = ''] = SECRETS
/** What ssh or a shell would make something else of than a host. */
const HOSTILE = /^-|[\s\p{Cc}'`"$\\;&<>|(){},]/u

/** As ssh reads a keyword, with which it runs something. */
const RUNS = /^\s*"?(?:proxycommand|localcommand|match|include|knownhostscommand)(?=[\s"=]|$)/i

/** Command lines of `connect`, a word per NUL. */
const line: Target = {
  name: 'arguments',
  seeds: [
    'connect\0web',
    'connect\0-n\0tor\0web\x002222',
    'connect\0--fdpass\0--timeout\x005\0-vv\0web',
  ],
  words: [
    'connect',
    '--',
    '\0',
    '-n',
    '--network=',
    '--timeout',
    '--inventory',
    '-v',
    '--help',
    '=',
    '-',
  ],
  run: async (input) => {
    const argv = wordsOf(input)
    const found = await survive(['USAGE'], () => parseConnectLine(argv))
    if (found === null) return
    const { machine, port, timeout = 1 } = found.request
    assert.ok(argv.includes(machine) && port >= 1 && port <= 65535 && timeout > 0)
  },
}

/** Hosts, addresses, users, jump hosts, and where proxies are. */
const hosts: Target = {
  name: 'hosts',
  seeds: [
    ...[
      'me@web.example:2222?Compression=yes&A=b',
      'ssh://web/',
      '[::1]:22',
      'fe80::1%eth0',
      '192.0.2.7',
    ],
    ...[
      'a,me@b:2,ssh://c',
      `${ONION}.onion:22`,
      `socks5h://me:${PASSWORD}@h:1`,
      'unix:/run/x',
      ' x\n',
    ],
    ...[
      `https://me:${PASSWORD}@h:1/`,
      `${ONION}:descriptor:x25519:${ONION}`,
      'git+file:///a?dir=b',
    ],
  ],
  words: [
    '@',
    ':',
    '[',
    ']',
    '::',
    '?',
    '&',
    '=',
    ',',
    '%',
    '/',
    '.onion',
    '://',
    '-o',
    ' ',
    '\n',
    '\x1b[2J',
  ],
  run: async (input) => {
    const text = input.toString()
    readHosts(text)
    const secret = new Secret(text)
    await survive(['CONFIG'], () => parseSocksUrl(secret, 'net'))
    await survive(['CONFIG'], () => parseHttpUrl(secret, 'net'))
    await survive(['DATAERR'], () => readOnionName(secret))
    await survive(['DATAERR'], () => readOnionKey(secret))
    for (const known of [parseIp(text), nearest(text.slice(0, 300), ['web01', 'office'])]) {
      assert.ok(known === null || known.length <= 16)
    }
    if (!text.includes('\0')) directoryOf(absoluteFlake(text, '/base'))
    showFlake(text)
  },
}

/** Options for ssh, a word per NUL. */
const options: Target = {
  name: 'ssh-options',
  seeds: [
    '-oCompression=yes\0-J\0x\0-4C',
    '-vo\0 "User" a\0-i\0~/x',
    '-oUserKnownHostsFile /dev/null',
  ],
  words: [
    '-o',
    '-J',
    '-A',
    '\0',
    '=',
    '"',
    ' ',
    'ProxyCommand',
    'Match exec x',
    'proxyjump',
    'none',
    '-E/x',
  ],
  run: (input) => {
    const words = wordsOf(input)
    const read = readSshOptions(words)
    assert.deepEqual(
      read.flatMap((option) => option.words),
      words.slice(0, countWords(read)),
    )
    for (const option of read) {
      if (!('flag' in option)) continue
      const text = option.words.join(' ')
      assert.ok(!/[\r\n\0]/.test(text))
      if (option.flag === 'o' && RUNS.test(option.value))
        assert.notEqual(harmOf(option), null, text)
    }
  },
}

/** Whatever a person is shown. */
const shown: Target = {
  name: 'printable',
  seeds: ['\x1b]8;;http://x\x07a\x9b2J\u202e', `no ${ONION}.onion here`, 'Büro 東京'],
  words: ['\x1b', '\xc2\x9b', '\xe2\x80\xae', '.onion', 'a.', '\\x1b', '"', '\n'],
  run: async (input) => {
    const text = input.toString()
    requirePrintable(printable(text))
    assert.ok(shortenOnion(`x ${ONION}.onion ${text}`).startsWith('x vww6yb….onion '))
    requirePrintable(quote(text))
    // paths are the user's own, and may be named
    const words = wordsOf(Buffer.from(text.replaceAll(ONION, 'x')))
    const parts = { self: words, flags: words, fdpass: false }
    const command = await survive(
      ['USAGE'],
      () => `${makeProxyCommand(parts)} ${quoteCommand(words)}`,
    )
    if (command === null) return
    assert.ok(!/[\n\r\0]/.test(command) && !/(?<!\\)(?:\\\\)*[`$]/.test(command), command)
  },
}

export const WORD_TARGETS = [line, hosts, options, shown]

function readHosts(text: string): void {
  const read = readPlainHost(text)
  if (read !== null && 'host' in read) {
    const { at, port = 1, user = 'me' } = read.host
    assert.ok('plain' in at && text.includes(at.plain) && !HOSTILE.test(at.plain), 'a hostile host')
    assert.ok(port >= 1 && port <= 65535 && !HOSTILE.test(user))
  }
  for (const is of [isAddress, isUser]) assert.ok(!is(text) || !HOSTILE.test(text), is.name)
  if (isJumpList(text)) {
    for (const word of text.split(',')) {
      const { host, user } = readHop(word) ?? { host: '-', user: null }
      assert.ok(!HOSTILE.test(host) && !HOSTILE.test(user ?? 'me'), 'a hostile jump host')
    }
  }
  const split = splitHostPort(text)
  if (split === null || split.port === null || split.host === '') return
  assert.deepEqual(splitHostPort(joinHostPort(split.host, split.port)), split)
}

function countWords(read: readonly { readonly words: readonly string[] }[]): number {
  return read.reduce((sum, { words }) => sum + words.length, 0)
}
