import * as assert from 'uvu/assert'
import { ARTEFACTS, SCRIPT, startByway } from '../helpers/byway.ts'
import type { Listener } from '../helpers/listen.ts'
import { findByEnvironment } from '../helpers/proc.ts'
import { suite } from '../helpers/suite.ts'
import { BROKEN_EXPORTS } from '../helpers/toy-clan.ts'
import { connectTo, machineAt, makeToyHome, settled, startPeer } from '../helpers/toy-home.ts'
import { until } from '../helpers/until.ts'

const renewal = suite<{ old: Listener; new: Listener }>('a flake that changes')

renewal.before(async (context) => {
  context.old = await startPeer('old')
  context.new = await startPeer('new')
})

renewal.after((context) => {
  context.old.stop()
  context.new.stop()
})

for (const artefact of ARTEFACTS) {
  renewal(`${artefact.name}: the second connect runs no nix, and says nothing`, async ({ old }) => {
    const toy = await makeToyHome(artefact, { machines: { web: machineAt(old) } })
    const first = await connectTo(toy, 'web')
    assert.is(first.stdout.toString(), 'SSH-2.0-old\r\n', first.stderr)
    assert.match(first.stderr, `byway: evaluating flake "${toy.clan.folder}"`)
    const { runs } = toy.nix
    await settled(toy)
    for (let i = 0; i < 3; i++) {
      const { stdout, stderr, status } = await connectTo(toy, 'web')
      assert.equal([stdout.toString(), stderr, status], ['SSH-2.0-old\r\n', '', 0])
    }
    await settled(toy)
    assert.is(toy.nix.runs, runs)
  })

  renewal(`${artefact.name}: what is stale is used at once and renewed once`, async (peers) => {
    const toy = await makeToyHome(artefact, { machines: { web: machineAt(peers.old) } })
    await connectTo(toy, 'web')
    const { runs } = toy.nix
    toy.clan.write({ machines: { web: machineAt(peers.new) } })
    toy.nix.hold()
    const connects = Array.from({ length: 10 }, () => connectTo(toy, 'web', ['-v']))
    for (const { stdout, stderr } of await Promise.all(connects)) {
      assert.is(stdout.toString(), 'SSH-2.0-old\r\n', stderr)
      assert.match(stderr, 'has changed: used as it was, and evaluated anew in the background')
    }
    toy.nix.release()
    await settled(toy)
    assert.is(toy.nix.runs, runs + 1)
    const { stdout, stderr } = await connectTo(toy, 'web')
    assert.equal([stdout.toString(), stderr], ['SSH-2.0-new\r\n', ''])
    assert.is(toy.nix.runs, runs + 1)
  })
}

for (const [name, change] of Object.entries({
  'a commit': ['commit', '--quiet', '--allow-empty', '--message', 'more'],
  'another branch': ['checkout', '--quiet', '-b', 'other'],
  'a file that git knows from now on': ['add', '--force', 'new.txt'],
})) {
  renewal(`${name} is a change`, async ({ old }) => {
    const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
    toy.clan.put('new.txt', 'new')
    await connectTo(toy, 'web')
    const { runs } = toy.nix
    await toy.clan.git(change)
    await connectTo(toy, 'web')
    await settled(toy)
    assert.is(toy.nix.runs, runs + 1)
  })
}

renewal('a file that git does not know is no change, nor is looking with git', async ({ old }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
  await connectTo(toy, 'web')
  const { runs } = toy.nix
  toy.clan.put('new.txt', 'new')
  await toy.clan.git(['status'])
  await connectTo(toy, 'web')
  await settled(toy)
  assert.is(toy.nix.runs, runs)
})

renewal('a machine that is new in the flake is waited for', async ({ old, new: other }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
  await connectTo(toy, 'web')
  toy.clan.write({ machines: { web: machineAt(old), mail: machineAt(other) } })
  const { stdout, stderr, status } = await connectTo(toy, 'mail')
  assert.is(stdout.toString(), 'SSH-2.0-new\r\n', stderr)
  assert.is(status, 0)
})

renewal(
  'ten connects to a flake that nobody evaluated wait for one evaluation',
  async ({ old }) => {
    const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
    toy.nix.slowDown(1)
    const connects = Array.from({ length: 10 }, () => connectTo(toy, 'web'))
    for (const { stdout, stderr } of await Promise.all(connects)) {
      assert.is(stdout.toString(), 'SSH-2.0-old\r\n', stderr)
    }
    assert.is(toy.nix.runs, 1)
  },
)

renewal(
  'an evaluation may take longer than a connect waits, and is of use to the next',
  async ({ old }) => {
    const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
    toy.nix.hold()
    const late = await connectTo(toy, 'web', ['--timeout', '1'])
    assert.is(late.status, 69)
    assert.match(late.stderr, `byway: flake "${toy.clan.folder}" is not evaluated yet after 1 s\n`)
    assert.match(late.stderr, 'hint: it goes on in the background')
    toy.nix.release()
    await settled(toy)
    const { stdout, stderr } = await connectTo(toy, 'web')
    assert.equal([stdout.toString(), stderr], ['SSH-2.0-old\r\n', ''])
    assert.is(toy.nix.runs, 1)
  },
)

renewal('exports that cannot be evaluated lose no others', async ({ old }) => {
  const machines = { web: machineAt(old) }
  const toy = await makeToyHome(SCRIPT, { machines, nix: BROKEN_EXPORTS })
  const { stdout, stderr } = await connectTo(toy, 'web', ['-v'])
  assert.is(stdout.toString(), 'SSH-2.0-old\r\n', stderr)
  for (const instance of ['thrown', 'function', 'unreadable', 'missing']) {
    assert.match(stderr, new RegExp(`left out \\["exports","[^"]+:${instance}:[^:]+:lapwing"`))
  }
})

renewal('refresh that is interrupted ends nix', async ({ old }) => {
  const toy = await makeToyHome(SCRIPT, { machines: { web: machineAt(old) } })
  toy.nix.slowDown(60)
  const refresh = startByway(toy.home, ['refresh'])
  const sleepers = () =>
    findByEnvironment(`HOME=${toy.home.folder}`).filter(({ command }) => command === 'sleep 60')
  await until('nix runs', () => sleepers().length === 1)
  refresh.child.kill('SIGINT')
  assert.is((await refresh.result).signal, 'SIGINT')
  await until('nix is gone', () => sleepers().length === 0)
})

renewal.run()
