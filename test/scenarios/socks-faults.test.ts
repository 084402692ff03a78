import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import type { Listener } from '../helpers/listen.ts'
import {
  type Address,
  REFUSING,
  startClosing,
  startNonsense,
  startSilent,
} from '../helpers/peers.ts'
import { type SocksOptions, startSocks } from '../helpers/socks-server.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'

const PASSWORD = 'hunter2-swordfish'
const CREDENTIALS = { user: 'deploy', password: PASSWORD }

/** A proxy of the tests' own that does not help, and what byway says of it. */
interface Refusal {
  readonly proxy: SocksOptions
  /** what stands before the proxy's address in the inventory */
  readonly before?: string
  readonly words: RegExp
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'general failure': { proxy: { reply: 1 }, words: /: general failure/ },
  'not allowed': { proxy: { reply: 2 }, words: /: not allowed by its rules/ },
  'network unreachable': { proxy: { reply: 3 }, words: /: network unreachable/ },
  'host unreachable': { proxy: { reply: 4 }, words: /: host unreachable/ },
  'connection refused': { proxy: { reply: 5 }, words: /: connection refused/ },
  'TTL expired': { proxy: { reply: 6 }, words: /: timed out \(TTL expired\)/ },
  'command not supported': { proxy: { reply: 7 }, words: /: command not supported/ },
  'address type not supported': { proxy: { reply: 8 }, words: /: address type not supported/ },
  'a reply that no RFC knows': { proxy: { reply: 0xee }, words: /: reply 0xee/ },
  'an IPv6 address in the refusal': {
    proxy: { reply: 5, bound: 'ipv6' },
    words: /: connection refused/,
  },
  'a refusal one byte at a time': {
    proxy: { reply: 5, dribble: true },
    words: /: connection refused/,
  },
  'wants user and password': {
    proxy: { credentials: CREDENTIALS },
    words: /accepts no way of authentication[\s\S]*\nhint: the proxy wants user and password\n/,
  },
  'another password': {
    proxy: { credentials: CREDENTIALS },
    before: `socks5h://deploy:${PASSWORD}-old@`,
    words: /: user or password refused/,
  },
  'cut within the banner': {
    proxy: { cutAfter: 3 },
    words: /closed the connection: it said "HTT"/,
  },
}

/** What is no proxy at all, and what byway says of it. */
const STRANGERS: Readonly<Record<string, { at: keyof Peers | Address; words: RegExp }>> = {
  'nobody listens': { at: REFUSING, words: /dial 127\.77\.0\.1:1: connection refused/ },
  'it closes at once': { at: 'closing', words: /: closed without an answer/ },
  'it is a web server': { at: 'nonsense', words: /: does not speak SOCKS5/ },
  'it says nothing': { at: 'silent', words: /the proxy did not answer in time/ },
}

interface Peers {
  readonly closing: Listener
  readonly nonsense: Listener
  readonly silent: Listener
}

const faults = suite<{ peers: Peers }>('SOCKS5 proxies that do not help')

faults.before(async (context) => {
  context.peers = {
    closing: await startClosing(),
    nonsense: await startNonsense(),
    silent: await startSilent(),
  }
})

faults.after(({ peers }) => {
  for (const peer of Object.values(peers)) peer.stop()
})

for (const [title, { proxy: options, before = '', words }] of Object.entries(REFUSALS)) {
  for (const flags of [[], ['-vv']]) {
    faults(
      `${[title, ...flags].join(' ')}: 69, said on stderr, no password in it`,
      async ({ peers }) => {
        const proxy = await startSocks(options)
        const home = settle(EXECUTABLE, `${before}${proxy.address}`, peers.nonsense)
        const { stdout, stderr, status } = await runByway(home, ['connect', ...flags, MACHINE])
        assert.is(status, 69)
        assert.is(stdout.length, 0)
        assert.match(stderr, words)
        assert.match(stderr, new RegExp(`no route to "${MACHINE}" answered`))
        assert.not.match(stderr, PASSWORD)
        assert.not.match(readCaches(home), PASSWORD)
        proxy.stop()
      },
    )
  }
}

for (const artefact of ARTEFACTS) {
  for (const [title, { at, words }] of Object.entries(STRANGERS)) {
    faults(`${artefact.name}: ${title}: 69, said on stderr`, async ({ peers }) => {
      const { host, port } = typeof at === 'string' ? peers[at] : at
      const home = settle(artefact, `${host}:${port}`, peers.silent)
      const { stdout, stderr, status } = await runByway(home, [
        'connect',
        '--timeout',
        '3',
        MACHINE,
      ])
      assert.is(status, 69)
      assert.is(stdout.length, 0)
      assert.match(stderr, words)
    })
  }
}

faults.run()

function settle(artefact: Artefact, socks: string, { host, port }: Address): Home {
  const home = new Home(artefact)
  const only = { technology: 'socks', socks, peers: { [MACHINE]: { host, port } } }
  home.writeInventory({ networks: { only } })
  return home
}

/** All that byway has kept, as one text. */
function readCaches({ folder }: Home): string {
  const files = ['cache', 'state'].flatMap((part) => {
    const names = readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
    return names.filter((entry) => entry.isFile())
  })
  return files
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    .join('\n')
}
