// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noteThrown } from '../helpers/thrown.ts'
import { until } from '../helpers/until.ts'
import { HANDOVERS, Stage } from '../helpers/ways.ts'
import { inTurns, leftBehind, memoryOf, openSessions, ownMemoryOf } from './many.ts'

const COUNT = Number(process.env['BYWAY_TEST_SESSIONS'] ?? 60)
/** Milliseconds for as many processes to be gone. */
const LEAVE = 300_000

const load = suite<{ stage: Stage }>('many sessions at once')

load.before(async (context) => {
  context.stage = await Stage.open()
})

load.after(({ stage }) => stage.close())

for (const way of HANDOVERS.filter(({ network }) => network === 'direct')) {
  load(`${way.name}: ${COUNT} sessions, all open, all in use`, async ({ stage }) => {
    const traveller = stage.travel(way)
    const { home } = traveller
    const sessions = await openSessions(traveller, COUNT)
    const byways = home.liveByways()
    assert.is(byways.length, way.mode === 'relay' ? COUNT : 0)
    await inTurns(COUNT, COUNT, async (turn) => sessions[turn]?.say(`number ${turn}`))
    const { mean, most } = memoryOf(byways)
    const own = ownMemoryOf(byways)
    const statuses = await Promise.all(sessions.map((session) => session.end()))
    assert.equal(
      statuses.filter((status) => status !== 0),
      [],
    )
    await until('nothing is left', () => home.live().length === 0, LEAVE)
    assert.equal(leftBehind(home), [])
    const memory = `each byway ${toMiB(own)} MiB of its own, ${toMiB(mean)} resident, at most ${toMiB(most)}`
    const outcome =
      way.mode === 'relay'
        ? `none failed, nothing left; ${memory}`
        : 'none failed, nothing left, no byway stays'
    console.log(`${way.name}: ${outcome}`)
    noteThrown({ suite: 'load', what: `sessions at once, ${way.name}`, times: COUNT, outcome })
  })
}

load.run()

function toMiB(kibibytes: number): number {
  return Math.round(kibibytes / 1024)
}
