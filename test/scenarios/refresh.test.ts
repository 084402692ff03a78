import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import type { Listener } from '../helpers/listen.ts'
import { suite } from '../helpers/suite.ts'
import { machineAt, makeToyHome, startPeer } from '../helpers/toy-home.ts'

const refreshing = suite<{ one: Listener; other: Listener }>('byway refresh')

refreshing.before(async (context) => {
  context.one = await startPeer('one')
  context.other = await startPeer('other')
})

refreshing.after(({ one, other }) => {
  one.stop()
  other.stop()
})

refreshing('says what changed', async ({ one, other }) => {
  const machines = { web: machineAt(one), db: machineAt(one), old: machineAt(one) }
  const toy = await makeToyHome(SCRIPT, { machines, targetHosts: { db: one.host } })
  const refresh = async (...flags: string[]) => {
    const { stdout, stderr, status } = await runByway(toy.home, ['refresh', ...flags])
    assert.is(status, 0, stderr)
    return stdout.toString()
  }
  assert.is(await refresh(), '3 machines in 2 networks\n')
  assert.is(await refresh(), 'nothing changed: 3 machines in 2 networks\n')
  const now = { web: machineAt(other), db: machineAt(one), new: machineAt(one) }
  toy.clan.write({ machines: now, priority: 1 })
  assert.is(
    await refresh(),
    [
      'Change  What     Name        Networks',
      'added   machine  new         public',
      'gone    machine  old         public',
      'moved   machine  db          targetHost, public -> public',
      'moved   machine  web         public (other hosts)',
      'gone    network  targetHost',
      'moved   network  public',
      '3 machines in 1 network',
      '',
    ].join('\n'),
  )
  toy.clan.write({ machines: { web: machineAt(other) }, domain: 'toy.example' })
  const changes = JSON.parse(await refresh('--json'))
  assert.equal(changes, {
    machines: { added: [], gone: ['db', 'new'], moved: [] },
    networks: { added: [], gone: [], moved: ['public'] },
    sources: [
      {
        name: toy.clan.folder,
        domain: 'toy.example',
        clan: toy.clan.folder,
        flake: toy.clan.folder,
      },
    ],
    known: { machines: 1, networks: 1 },
    sshConfig: null,
  })
})

refreshing('reads files, too', async ({ one }) => {
  const home = new Home(SCRIPT)
  const peer = { host: one.host, port: one.port }
  home.writeInventory({ networks: { lan: { peers: { box: peer } } } })
  assert.is((await runByway(home, ['refresh'])).stdout.toString(), '1 machine in 1 network\n')
  home.writeInventory({ networks: { lan: { peers: { crate: peer } } } })
  const { stdout } = await runByway(home, ['refresh'])
  assert.match(stdout.toString(), 'added   machine  crate  lan\ngone    machine  box    lan\n')
})

refreshing.run()
