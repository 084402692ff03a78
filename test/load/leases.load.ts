// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noteThrown } from '../helpers/thrown.ts'
import { TorHome } from '../helpers/tor-home.ts'
import { until } from '../helpers/until.ts'
import { countDescriptors, openSessions } from './many.ts'

/** Sessions at once through one tor: each is a circuit of the private network's three relays. */
const COUNT = Math.min(60, Number(process.env['BYWAY_TEST_SESSIONS'] ?? 60))
/** Milliseconds between two questions to the keeper. */
const LOOK = 100
/** Milliseconds for the keeper to hear that all have gone. */
const LEAVE = 60_000

const load = suite("many sessions through a tor of byway's own")

load(`${COUNT} relayed and ${COUNT} fd-passed: every lease comes back`, async () => {
  const stage = await TorHome.make({ daemon: { linger: 300 } })
  await useBy(stage, { mode: 'relay', count: 2 })
  const [keeper] = stage.keepers()
  assert.ok(keeper, 'a keeper is there')
  await idle(stage)
  const before = countDescriptors(keeper.pid)
  for (const mode of ['relay', 'fdpass'] as const) {
    await useBy(stage, { mode, count: COUNT })
    await idle(stage)
    // our own question to the keeper may be one of them for a moment
    await until('descriptors came back', () => countDescriptors(keeper.pid) <= before, LEAVE)
    const outcome = 'one tor, none failed, every lease and descriptor came back'
    const what = `sessions at once through byway's own tor, ${mode}`
    noteThrown({ suite: 'load', what, times: COUNT, outcome })
  }
  assert.equal(
    stage.keepers().map(({ pid }) => pid),
    [keeper.pid],
  )
  process.kill(keeper.pid, 'SIGTERM')
  await stage.leavesNothing(LEAVE)
})

load.run()

interface Use {
  readonly mode: 'relay' | 'fdpass'
  readonly count: number
}

/** Holds so many sessions open, each of which counts, and ends them. */
async function useBy(stage: TorHome, { mode, count }: Use): Promise<void> {
  const sessions = await openSessions({ ssh: stage.ssh(mode) }, count)
  const status = await stage.status()
  assert.is(status?.users.length, mode === 'relay' ? count : 0)
  assert.is(status?.streams, count)
  for (const session of sessions) assert.is(await session.end(), 0)
}

/** Resolves once the keeper counts nobody any more. */
async function idle(stage: TorHome): Promise<void> {
  const end = performance.now() + LEAVE
  for (;;) {
    const status = await stage.status()
    if (status?.users.length === 0 && status.streams === 0) return
    if (performance.now() > end) throw new Error(`still in use: ${JSON.stringify(status)}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}
