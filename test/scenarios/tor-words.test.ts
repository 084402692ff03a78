// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runByway, startByway } from '../helpers/byway.ts'
import { run } from '../helpers/program.ts'
import { assertRefused } from '../helpers/refusal.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { TorHome } from '../helpers/tor-home.ts'
import { until } from '../helpers/until.ts'

/** What ECMA-48 calls it: to the line's beginning, and nothing behind it. */
const ANEW = '\r\x1b[K'
/** Milliseconds between two lines where they cannot replace each other. */
const SPARSE = 5000

const words = suite('tor: words')

words('progress, not on a terminal: a line now and then', async () => {
  const stage = await TorHome.make()
  const { stdout, stderr, ms } = await runByway(stage.home, ['connect', MACHINE], { input: '' })
  assert.match(stdout.toString(), /^SSH-2\.0-/)
  assert.match(stderr, /^(byway: tor \d+ %: .+\n)+$/)
  assert.ok(stderr.split('\n').length - 1 <= 1 + ms / SPARSE, stderr)
  assert.not.match(stderr, /[^\P{Cc}\n]/u)
  await stage.leavesNothing()
})

words('progress on a terminal: one line, written anew, and gone when it is over', async () => {
  const stage = await TorHome.make()
  const { home } = stage
  const typescript = home.newPath()
  const line = `${home.artefact.file} connect ${MACHINE}`
  const argv = ['script', '--quiet', '--flush', '--command', line, typescript]
  const { stdout } = await run(argv, { env: home.env, cwd: home.folder })
  const shown = stdout.toString()
  const [progress = '', rest = ''] = shown.split(/(?=SSH-2\.0-)/)
  const updates = progress.split(ANEW)
  assert.ok(updates.length > 3, `more than one update: ${JSON.stringify(shown)}`)
  assert.is(updates.shift(), '')
  assert.is(updates.pop(), '', 'nothing is left on the line')
  for (const update of updates) assert.match(update, /^byway: tor \d+ %: [^\n]+$/)
  assert.match(rest, /^SSH-2\.0-[^\n]*\r?\n/)
  assert.not.ok(rest.includes('byway'), 'no word after the peer’s')
  await stage.leavesNothing()
})

words('nothing runs: list says so, stop of a named one is an error', async () => {
  const { home } = await TorHome.make()
  const list = await runByway(home, ['daemon', 'list'])
  assert.is(list.stdout.toString(), 'byway has no daemon running\n')
  const json = await runByway(home, ['daemon', 'list', '--json'])
  assert.equal(JSON.parse(json.stdout.toString()), { daemons: [] })
  assert.is((await runByway(home, ['daemon', 'stop'])).status, 0)
  const refused = await runByway(home, ['daemon', 'stop', 'tor'])
  assertRefused(refused, { status: 68, words: ['byway has no tor running'] })
})

words(
  'while tor starts: list says how far it is; stop ends it, and who waits hears of it',
  async () => {
    const torrc = closedNetwork()
    const stage = await TorHome.make()
    stage.home.writeFile('client.torrc', torrc)
    const waiting = startByway(stage.home, ['connect', MACHINE])
    await until('tor starts', () => stage.tors().length === 1)
    const { stdout } = await runByway(stage.home, ['daemon', 'list'])
    assert.match(stdout.toString(), /^Daemon .*\ntor +starting, \d+ % +\d+ +\d+ s +process \d+\n$/)
    const { state } = await listOne(stage)
    assert.is(state, 'starting')
    assert.is((await runByway(stage.home, ['daemon', 'stop', 'tor'])).status, 0)
    const { status, stderr } = await waiting.result
    assert.is(status, 69)
    assert.match(stderr, 'tor was stopped')
    await stage.leavesNothing()
  },
)

words('while tor runs: list in a table and as JSON; stop ends it', async () => {
  const stage = await TorHome.make({ daemon: { linger: 60 } })
  const session = startByway(stage.home, ['connect', MACHINE])
  await session.says('SSH-2.0-')
  const { stdout } = await runByway(stage.home, ['daemon', 'list'])
  assert.match(
    stdout.toString(),
    /^Daemon +State +Process +Age +Used by\ntor +ready +\d+ +\d+ s +process \d+, 1 stream\n$/,
  )
  const status = await listOne(stage)
  assert.equal(Object.keys(status).sort(), [
    'age',
    'daemon',
    'held',
    'name',
    'pid',
    'progress',
    'state',
    'streams',
    'users',
  ])
  assert.equal([status['pid'], status['daemon']], [stage.keepers()[0]?.pid, stage.tors()[0]?.pid])
  assert.is((await runByway(stage.home, ['daemon', 'stop', 'tor'])).status, 0)
  assert.equal([stage.tors(), stage.keepers()], [[], []], 'gone when stop returns')
  assert.is((await session.result).status, 0, 'the stream has ended')
  await stage.leavesNothing()
})

words.run()

/** A torrc whose directory authorities are at ports that refuse. */
function closedNetwork(): string {
  const key = 'F'.repeat(40)
  const line = `DirAuthority none orport=1 v3ident=${key} 127.0.0.1:1 ${key}`
  return `TestingTorNetwork 1\n${line}\n`
}

async function listOne({ home }: TorHome): Promise<Record<string, unknown>> {
  const { stdout } = await runByway(home, ['daemon', 'list', '--json'])
  return JSON.parse(stdout.toString()).daemons[0]
}
