import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConnectLine } from '../src/arguments.ts'
import { runCli } from '../src/cli/main.ts'
import { connect, Unreachable } from '../src/connect.ts'
import { BywayError, type ExitName } from '../src/core/errors.ts'
import { makeWorld } from '../src/wiring.ts'
import { InventoryHome } from './helpers/inventory-home.ts'
import { REFUSING } from './helpers/peers.ts'

const test = suite('arguments')

/** Two networks, whose hosts refuse every port at once. */
const peers = Object.fromEntries(
  ['web', '007', '1e3'].map((name) => [name, { host: REFUSING.host }]),
)
const home = new InventoryHome()
const other = home.write('other.json', { networks: { lan: { peers } } })
home.write('config/byway/inventory.json', {
  domain: 'example',
  networks: { vpn: { priority: 2000, peers }, internet: { peers } },
})
Object.assign(process.env, home.env)

/** What connecting to `web` says: the routes that were tried, with their ports. */
const BOTH = 'UNAVAILABLE: no route to "web" answered: vpn 22, internet 22'

const LINES: readonly [line: string, expected: string][] = [
  ['web', BOTH],
  ['web 22', BOTH],
  ['web 2222', 'UNAVAILABLE: no route to "web" answered: vpn 2222, internet 2222'],
  ['web 1', 'UNAVAILABLE: no route to "web" answered: vpn 1, internet 1'],
  ['web.example', BOTH],
  ['007', 'UNAVAILABLE: no route to "007" answered: vpn 22, internet 22'],
  ['1e3', 'UNAVAILABLE: no route to "1e3" answered: vpn 22, internet 22'],
  ['-n vpn web', 'UNAVAILABLE: no route to "web" answered: vpn 22'],
  ['web -n vpn', 'UNAVAILABLE: no route to "web" answered: vpn 22'],
  ['--network vpn web', 'UNAVAILABLE: no route to "web" answered: vpn 22'],
  ['--network=vpn web', 'UNAVAILABLE: no route to "web" answered: vpn 22'],
  ['-n vpn web -n internet', BOTH],
  ['-n vpn -n vpn web 7', 'UNAVAILABLE: no route to "web" answered: vpn 7'],
  ['-n internet web 7', 'UNAVAILABLE: no route to "web" answered: internet 7'],
  ['-n 5 web', 'NOHOST: machine "web" is not in network "5"'],
  ['-n nobody web', 'NOHOST: machine "web" is not in network "nobody"'],
  ['-n vpn,internet web', 'NOHOST: machine "web" is not in network "vpn,internet"'],
  ['-v web', BOTH],
  ['-vv web', BOTH],
  ['-v web --verbose', BOTH],
  ['--timeout 5 web', BOTH],
  ['--timeout=0.5 web', BOTH],
  ['--timeout 86400 web', BOTH],
  ['web -- 2222', 'UNAVAILABLE: no route to "web" answered: vpn 2222, internet 2222'],
  ['WEB', 'NOHOST: no machine "WEB" in the inventory'],
  ['web.', 'NOHOST: no machine "web." in the inventory'],
  ['nobody', 'NOHOST: no machine "nobody" in the inventory'],
  ['web 0', 'USAGE: port "0": expected a number from 1 to 65535'],
  ['web 65536', 'USAGE: port "65536": expected a number from 1 to 65535'],
  ['web ssh', 'USAGE: port "ssh": expected a number from 1 to 65535'],
  ['web 22.0', 'USAGE: port "22.0": expected a number from 1 to 65535'],
  ['web 0x16', 'USAGE: port "0x16": expected a number from 1 to 65535'],
  ['web 1e1', 'USAGE: port "1e1": expected a number from 1 to 65535'],
  ['--timeout 0 web', 'USAGE: --timeout "0": expected seconds, more than 0 and at most 86400'],
  ['--timeout 0.0 web', 'USAGE: --timeout "0.0": expected seconds, more than 0 and at most 86400'],
  ['--timeout 1e3 web', 'USAGE: --timeout "1e3": expected seconds, more than 0 and at most 86400'],
  [
    '--timeout soon web',
    'USAGE: --timeout "soon": expected seconds, more than 0 and at most 86400',
  ],
  [
    '--timeout 86401 web',
    'USAGE: --timeout "86401": expected seconds, more than 0 and at most 86400',
  ],
  [
    '--timeout Infinity web',
    'USAGE: --timeout "Infinity": expected seconds, more than 0 and at most 86400',
  ],
  ['--timeout= web', 'USAGE: --timeout "": expected seconds, more than 0 and at most 86400'],
  ['--fdpass web', 'USAGE: --fdpass: stdout is not a channel for descriptors'],
  [`--inventory ${other} web`, 'UNAVAILABLE: no route to "web" answered: lan 22'],
  [`--inventory=${other} web 7`, 'UNAVAILABLE: no route to "web" answered: lan 7'],
  ['--inventory= web', 'USAGE: --inventory: expected one value'],
  ['--config= web', 'USAGE: --config: expected one value'],
  [`--inventory /x --inventory ${other} web`, 'USAGE: --inventory: expected one value'],
  [
    '--timeout 4 --timeout 5 web',
    'USAGE: --timeout "4,5": expected seconds, more than 0 and at most 86400',
  ],
]

/** What yargs cannot read, and never gets to see. */
const SHORT_ONLY: readonly [line: string, expected: string][] = [
  ['-nvpn web', 'UNAVAILABLE: no route to "web" answered: vpn 22'],
  ['-- web', BOTH],
  ['-- web 2222', 'UNAVAILABLE: no route to "web" answered: vpn 2222, internet 2222'],
  ['-- -web', 'NOHOST: no machine "-web" in the inventory'],
]

for (const [line, expected] of SHORT_ONLY) {
  test(`the short way alone: connect ${line}`, async () => {
    assert.is(await outcome(() => takeShortWay(['connect', ...line.split(' ')])), expected)
  })
}

for (const [line, expected] of LINES) {
  const argv = ['connect', ...line.split(' ')]

  test(`the short way: connect ${line}`, async () => {
    const found = await outcome(() => takeShortWay(argv))
    // null: the command line interface has the say, and says the same
    if (found !== null) assert.is(found, expected)
  })

  test(`yargs: connect ${line}`, async () => {
    assert.is(await outcome(() => runCli(argv)), expected)
  })
}

for (const line of ['', ' 22', 'web ']) {
  test(`both say the same of the empty word in "${line}"`, async () => {
    const argv = ['connect', ...line.split(' ')]
    const found = await outcome(() => takeShortWay(argv))
    if (found !== null) assert.is(found, await outcome(() => runCli(argv)))
  })
}

const OTHERS: readonly [line: string, exit: ExitName | null][] = [
  ['connect', 'USAGE'],
  ['connect web 22 33', 'USAGE'],
  ['connect --bogus web', 'USAGE'],
  ['connect -x web', 'USAGE'],
  ['connect web -n', 'USAGE'],
  ['connect web --timeout', 'USAGE'],
  ['connect --timeout -1 web', 'USAGE'],
  ['connect --fdpass=maybe web', null],
  ['connect -vv-nweb', null],
  ['connect --help', null],
  ['connect web --help', null],
  ['--verbose connect web', null],
  ['connect --flake= web', null],
  ['conect web', 'USAGE'],
  ['list', null],
  ['', 'USAGE'],
]

for (const [line, exit] of OTHERS) {
  const argv = line.split(' ').filter((word) => word !== '')

  test(`not the short way’s: byway ${line}`, () => assert.is(parseConnectLine(argv), null))

  if (exit !== null) {
    test(`yargs refuses: byway ${line}`, async () => {
      const found = await outcome(() => runCli(argv))
      assert.ok(found?.startsWith(`${exit}: `), found ?? 'it is not refused')
    })
  }
}

test('-v is counted', () => {
  const counts = ['web', '-v web', '-vv web', '-v web -vv', '--verbose --verbose web'].map(
    (line) => parseConnectLine(['connect', ...line.split(' ')])?.flags.verbosity,
  )
  assert.equal(counts, [0, 1, 2, 3, 2])
})

test('the timeout is passed on', () => {
  const timeouts = ['web', '--timeout 5 web', '--timeout 0.25 web'].map(
    (line) => parseConnectLine(['connect', ...line.split(' ')])?.request.timeout,
  )
  assert.equal(timeouts, [undefined, 5, 0.25])
})

test.run()

/** As main does it; null: it leaves the line to the command line interface. */
async function takeShortWay(argv: readonly string[]): Promise<null> {
  const line = parseConnectLine(argv)
  if (line === null) return null
  const world = await makeWorld(line.flags, { tell: () => {}, progress: () => {} })
  await connect(line.request, world)
  return null
}

/** The error in words, with the routes that were tried; null when there was none. */
async function outcome(work: () => Promise<unknown>): Promise<string | null> {
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) return null
  if (!(error instanceof BywayError)) throw error
  const text = `${error.exit}: ${error.message}`
  if (!(error instanceof Unreachable)) return text
  const routes = error.report.routes.map(({ route }) => `${route.network.name} ${route.port}`)
  return `${text}: ${routes.join(', ')}`
}
