// serial
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runByway } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { inventOnion } from '../helpers/onion-names.ts'
import type { Result } from '../helpers/program.ts'
import { assertRefused } from '../helpers/refusal.ts'
import { generateClientKey, type SharedTorNetwork } from '../helpers/shared-tor-network.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { TorHome } from '../helpers/tor-home.ts'

/** A machine that cannot be reached, and what byway says of it; in this order, by one tor. */
interface Unreachable {
  readonly name: string
  host(net: SharedTorNetwork): string
  /** what is in the file that `onionAuth` names */
  key?(): string
  readonly words: readonly (string | RegExp)[]
  /** milliseconds at most: less than tor's own 60 s, where it is to be known before */
  readonly limit: number
  /** the exit status, where it is not 69 */
  readonly status?: number
}

const HINT_KEY = 'networks.<name>.onionAuth.<machine>'

const UNREACHABLE: readonly Unreachable[] = [
  {
    name: 'dead-port',
    host: ({ onions }) => onions.dead.hostname,
    words: ['could not open the stream', /hint: .*sshd may be down/],
    limit: 40_000,
  },
  {
    name: 'gone-service',
    host: ({ onions }) => onions.gone.hostname,
    // relays may hold the circuits of a service that was killed, and acknowledge for it (06, late)
    words: [/does not answer|did not come to the rendezvous|did not answer in time|gave up/],
    limit: 70_000,
  },
  {
    name: 'unknown-onion',
    host: inventOnion,
    words: ['nobody has its descriptor', /hint: the machine is off/],
    limit: 40_000,
  },
  {
    name: 'typo',
    host: ({ onions }) =>
      onions.plain.hostname.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')),
    words: ['has a wrong checksum', /hint: compare it with/],
    limit: 20_000,
  },
  {
    name: 'version-2',
    host: () => 'expyuzz4wqqyqhjn.onion',
    words: ['is of version 2, which tor gave up'],
    limit: 20_000,
  },
  {
    name: 'no-key',
    host: ({ onions }) => onions.auth.hostname,
    words: ['wants to know its clients, and no key was given', HINT_KEY],
    limit: 40_000,
  },
  {
    name: 'wrong-key',
    host: ({ onions }) => onions.auth.hostname,
    key: () => generateClientKey().privateKey,
    words: ['does not know the key that was given', /hint: .*authorized_clients/],
    limit: 40_000,
  },
  {
    name: 'no-key-at-all',
    // nothing but reading a secret failed
    status: 65,
    host: ({ onions }) => onions.auth.hostname,
    key: () => 'this is no key',
    words: ['is no x25519 private key', /hint: expected "<name>:descriptor:x25519:<base32>"/],
    limit: 20_000,
  },
]

/** The var that holds a client's key, in the clan that the inventory's folder is. */
const KEY_VAR = { machine: 'by-var', generator: 'tor_client', file: 'key' }

const failures = suite<{ stage: TorHome }>('tor: failures')

failures.before(async (context) => {
  const stage = await TorHome.make({
    daemon: { linger: 60 },
    peers: (net) => ({
      ...Object.fromEntries(UNREACHABLE.map(({ name, host }) => [name, { host: host(net) }])),
      'by-file': { host: net.onions.auth.hostname },
      'by-var': { host: net.onions.auth.hostname },
    }),
    tor: (net) => ({
      onionAuth: {
        ...Object.fromEntries(
          UNREACHABLE.flatMap(({ name, key }) => (key ? [[name, keepKey(key())]] : [])),
        ),
        'by-file': keepKey(lineOf(net)),
        'by-var': { var: KEY_VAR },
      },
    }),
  })
  const { machine, generator, file } = KEY_VAR
  const folder = join('config/byway/vars/per-machine', machine, generator, file)
  mkdirSync(join(stage.home.folder, folder), { recursive: true })
  stage.home.writeFile(join(folder, 'value'), `${stage.net.onions.auth.clientKey.privateKey}\n`)
  context.stage = stage
})

failures.after(async ({ stage }) => {
  await runByway(stage.home, ['daemon', 'stop'])
  await stage.leavesNothing()
})

for (const { name, words, limit, status = 69 } of UNREACHABLE) {
  failures(`${name}: its own words, exit status ${status}`, async ({ stage }) => {
    const result = await runByway(stage.home, ['connect', name], { input: '' })
    assertSaid(result, words, status)
    assert.ok(result.ms < limit, `${result.ms} ms`)
    console.log(`${name}: ${Math.round(result.ms)} ms`)
  })
}

for (const name of ['by-file', 'by-var']) {
  failures(`the right client key, ${name}: it answers`, async ({ stage }) => {
    const { stdout, stderr } = await runByway(stage.home, ['connect', name], { input: '' })
    assert.match(stdout.toString(), /^SSH-2\.0-/, stderr)
  })
}

/** A daemon of the configuration that cannot be started, and what byway says of it. */
const BROKEN: readonly [name: string, daemon: object, words: readonly (string | RegExp)[]][] = [
  [
    'there is no such program',
    { binary: 'no-such-tor' },
    ['start "no-such-tor": no such program', /hint: install tor/],
  ],
  [
    'tor refuses the torrc: its own line',
    { torrc: keepText('NoSuchOption 1\n') },
    ["Unknown option 'NoSuchOption'"],
  ],
  // a program that does nothing, as tor would go to the real network without the file
  [
    'there is no such torrc',
    { binary: 'false', torrc: '/nonexistent/torrc' },
    ['torrc "/nonexistent/torrc": no such file'],
  ],
  ['the program ends at once', { binary: 'false' }, ['tor ended (status 1)']],
]

for (const [name, daemon, words] of BROKEN) {
  failures(`${name}: exit status 69`, async () => {
    const stage = await TorHome.make({ daemon: { ...daemon } })
    const result = await runByway(stage.home, ['connect', MACHINE], { input: '' })
    assertSaid(result, words)
    assert.ok(result.ms < 20_000, `${result.ms} ms`)
    await stage.leavesNothing()
  })
}

failures('no directory authority is there: what troubles tor, when the time is over', async () => {
  const key = 'F'.repeat(40)
  const line = `DirAuthority none orport=1 v3ident=${key} 127.0.0.1:1 ${key}`
  const torrc = keepText(`TestingTorNetwork 1\n${line}\n`)
  const stage = await TorHome.make({ daemon: { torrc }, tor: () => ({ timeout: 4 }) })
  const result = await runByway(stage.home, ['connect', MACHINE], { input: '' })
  assertSaid(result, [/start +not ready in time: \d+ %: \w/])
  assert.ok(result.ms < 30_000, `${result.ms} ms`)
  await stage.leavesNothing()
})

failures.run()

/** Progress comes before the words. */
function assertSaid(result: Result, words: readonly (string | RegExp)[], status = 69): void {
  const stderr = result.stderr.replaceAll(/^byway: tor \d+ %.*\n/gm, '')
  assertRefused({ ...result, stderr }, { status, words })
  assert.not.match(stderr, /[a-z2-7]{56}/, 'no onion name')
}

function keepText(text: string): string {
  const file = join(makeFolder(), 'text')
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

function keepKey(text: string): { file: string } {
  return { file: keepText(text) }
}

/** As tor keeps it in ClientOnionAuthDir. */
function lineOf({ onions: { auth } }: SharedTorNetwork): string {
  return `${auth.address}:descriptor:x25519:${auth.clientKey.privateKey}\n`
}
