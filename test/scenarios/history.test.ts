import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { explain, routeBy } from '../helpers/explained.ts'
import { type Listener, listen } from '../helpers/listen.ts'

/** One that accepts and says nothing, and one that answers as an sshd would. */
interface Peers {
  silent: Listener
  live: Listener
}

const ONION = `${'a'.repeat(55)}d.onion`

const test = suite<Peers>('history')

test.before(async (context) => {
  context.silent = await listen(() => {})
  context.live = await listen((socket) => {
    socket.on('error', () => {}).resume()
    socket.write('SSH-2.0-live\r\n')
    socket.on('end', () => socket.end())
  })
})

test.after(({ silent, live }) => {
  silent.stop()
  live.stop()
})

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: a network that was dead is not waited for the next time`, async (peers) => {
    const home = settle(artefact, peers)
    const before = await explain(home, ['web'])
    assert.ok(Number(routeBy(before, 'next').startedAt) >= 250, 'nothing is known at first')
    await logIn(home)

    const after = await explain(home, ['web'])
    assert.is(after.winner, 'next')
    const [top, next] = [routeBy(after, 'top'), routeBy(after, 'next')]
    assert.is(next.startedAt, top.startedAt)
    const doubt = /did not answer here less than a minute ago: none waits for it/
    assert.match(JSON.stringify(top), doubt)
  })
}

test('it is known elsewhere by nobody: the file is private, and has no names in it', async (peers) => {
  const home = settle(SCRIPT, peers)
  await logIn(home)
  assert.is(statSync(fileOf(home)).mode & 0o777, 0o600)
  const text = readFileSync(fileOf(home), 'utf8')
  for (const name of ['web', 'top', 'next', 'aaaa', '127.0.0.1']) {
    assert.not.ok(text.includes(name), `${name} in ${text}`)
  }
})

test('a machine of one network has no history', async (peers) => {
  const home = settle(SCRIPT, peers)
  await logIn(home, ['-n', 'next'])
  assert.throws(() => statSync(fileOf(home)), /ENOENT/)
})

/** What may be in the file's place; byway then says so once at -v, and connects. */
const DAMAGED: Readonly<Record<string, (path: string) => void>> = {
  'half of it': (path) => writeFileSync(path, '[{"key":"1', { mode: 0o600 }),
  'something else': (path) => writeFileSync(path, '{"a":1}', { mode: 0o600 }),
  'what others may write': (path) => {
    writeFileSync(path, '[]')
    chmodSync(path, 0o666)
  },
}

for (const [what, damage] of Object.entries(DAMAGED)) {
  test(`a history that is ${what} is ignored, and replaced`, async (peers) => {
    const home = settle(SCRIPT, peers)
    await logIn(home)
    rmSync(fileOf(home))
    damage(fileOf(home))
    const said = await logIn(home, ['-v'])
    assert.is(said.match(/history ".*" ignored: /g)?.length, 1, said)
    assert.is(await logIn(home, []), '')
    assert.ok(JSON.parse(readFileSync(fileOf(home), 'utf8')).length > 0)
  })
}

test('a history that cannot be written is none', async (peers) => {
  const home = settle(SCRIPT, peers)
  await logIn(home)
  rmSync(fileOf(home))
  mkdirSync(fileOf(home))
  assert.is(await logIn(home), '')
  assert.match(await logIn(home, ['-v']), /history ".*" not written: /)
})

test.run()

/** A machine by three networks: `top` is silent, `next` is live, `tor` is never needed. */
function settle(artefact: Artefact, { silent, live }: Peers): Home {
  const home = new Home(artefact)
  const by = ({ host, port }: Listener, priority: number) => ({
    priority,
    peers: { web: { host, port } },
  })
  const tor = { technology: 'tor', priority: 1, peers: { web: { host: ONION } } }
  home.writeInventory({ networks: { top: by(silent, 3), next: by(live, 2), tor } })
  return home
}

/** Connects once; what byway said on stderr. */
async function logIn(home: Home, flags: readonly string[] = []): Promise<string> {
  const { stdout, stderr, status } = await runByway(home, ['connect', ...flags, 'web'], {
    input: '',
  })
  assert.is(status, 0, stderr)
  assert.is(stdout.toString(), 'SSH-2.0-live\r\n')
  return stderr
}

function fileOf(home: Home): string {
  return join(home.folder, 'cache/byway/history')
}
