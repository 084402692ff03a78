import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { ConnectNote } from '../../src/connect-notes.ts'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { listen } from '../helpers/listen.ts'
import { readProc } from '../helpers/proc.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'
import { Stage } from '../helpers/ways.ts'

/** Logins at the same time. */
const MANY = 12

/**
 * The status of a process that catches SIGHUP, as a Node does not by itself: byway does to note its
 * end, beside others that it takes in the same breath. Asleep, it has them all.
 */
const CATCHES_HUP = /^State:\s+S[\s\S]*^SigCgt:\s+\w*[13579bdf]$/m

const scenario = suite<{ stage: Stage }>('byway explain --last')

scenario.before(async (context) => {
  context.stage = await Stage.open()
})

scenario.after(({ stage }) => stage.close())

for (const mode of ['relay', 'fdpass'] as const) {
  scenario(`${mode}: shows a login of ssh's`, async ({ stage }) => {
    const { home, ssh } = stage.travel({ network: 'direct', mode, artefact: EXECUTABLE })
    assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 0)
    const note = await lastOf(home)
    assert.equal([note.machine, note.error, note.fdpass], [MACHINE, null, mode === 'fdpass'])
    assert.equal(
      note.routes.map(({ outcome }) => outcome),
      ['won'],
    )
    assert.is(note.startedBy[0], 'ssh')
    const text = (await runByway(home, ['explain', '--last', MACHINE])).stdout.toString()
    assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, \d+ s ago, started by ssh/)
    assert.match(text, /^my_cool_machine: by \w+, answered after \d+ ms/m)
  })
}

scenario('shows why a login failed, though ssh threw the words away', async ({ stage }) => {
  const { home, ssh } = stage.travel({ network: 'direct', mode: 'relay', artefact: EXECUTABLE })
  home.writeInventory({ networks: { lab: { peers: { [MACHINE]: { host: '127.0.0.1:1' } } } } })
  assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 255)
  const { stdout } = await runByway(home, ['explain', '--last'])
  assert.match(stdout.toString(), /^my_cool_machine: no route answered$/m)
  assert.match(stdout.toString(), /connection refused/)
})

scenario('shows a race that ssh did not wait for', async ({ stage }) => {
  const silent = await listen(() => {})
  const home = new Home(EXECUTABLE)
  const peer = { host: silent.host, port: silent.port }
  home.writeInventory({ networks: { lab: { timeout: 60, peers: { [MACHINE]: peer } } } })
  const { sshd } = stage
  const ssh = new SshClient({ home, sshd, include: SNIPPETS.relay, lines: ['ConnectTimeout 10'] })
  assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 255)
  await until('byway has ended', () => home.liveByways().length === 0)
  const note = await lastOf(home)
  assert.match(note.error ?? '', /^ended by SIG\w+ before a route had answered$/)
  assert.is(note.routes[0]?.reason, 'accepted the connection and said nothing')
  silent.stop()
})

scenario('a signal in a slow race still ends byway', async () => {
  const silent = await listen(() => {})
  const home = new Home(EXECUTABLE)
  const peer = { host: silent.host, port: silent.port }
  home.writeInventory({ networks: { lab: { peers: { web01: peer } } } })
  const running = startByway(home, ['connect', 'web01'])
  await silent.next()
  await until('it notes its end', () => CATCHES_HUP.test(readProc(running.pid, 'status') ?? ''))
  process.kill(running.pid, 'SIGTERM')
  assert.is((await running.result).signal, 'SIGTERM')
  assert.match((await lastOf(home)).error ?? '', /SIGTERM/)
  silent.stop()
})

scenario('many at once: each is there, and whole', async ({ stage }) => {
  const { home, ssh } = stage.travel({ network: 'direct', mode: 'fdpass', artefact: EXECUTABLE })
  const logins = Array.from({ length: MANY }, () => ssh.run('ssh', [MACHINE, 'true']))
  for (const { status } of await Promise.all(logins)) assert.is(status, 0)
  const lines = readFileSync(join(home.folder, 'state/byway/connects'), 'utf8').trim().split('\n')
  const ids = new Set(lines.map((line) => (JSON.parse(line) as ConnectNote).id))
  assert.is(ids.size, MANY)
})

scenario('where nothing can be kept the login is as before', async ({ stage }) => {
  const { home, ssh } = stage.travel({ network: 'direct', mode: 'fdpass', artefact: EXECUTABLE })
  home.writeFile('state/byway', 'no folder')
  const { status, stderr } = await ssh.run('ssh', [MACHINE, 'true'])
  assert.equal([status, stderr], [0, ''])
  chmodSync(join(home.folder, 'state/byway'), 0o600)
})

scenario('needs no inventory, and says when there is nothing', async () => {
  const home = new Home(EXECUTABLE)
  const { status, stderr } = await runByway(home, ['explain', '--last', 'web01'])
  assert.equal([status, stderr], [66, 'byway: no connect to "web01" is on record\n'])
})

scenario.run()

async function lastOf(home: Home): Promise<ConnectNote> {
  const { stdout } = await runByway(home, ['explain', '--last', '--json'])
  return JSON.parse(stdout.toString())
}
