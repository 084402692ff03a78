// serial
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MACHINE } from '../helpers/ssh-client.ts'
import { noteThrown } from '../helpers/thrown.ts'
import { HANDOVERS, Stage, type Traveller } from '../helpers/ways.ts'
import { EchoSession } from './echo-session.ts'
import { countDescriptors, leftBehind, memoryOf } from './many.ts'

const MINUTES = Number(process.env['BYWAY_TEST_MINUTES'] ?? 60)
/** Sessions that stay open by each way. */
const OPEN = 8
const CHUNK = 64 * 1024
/** Milliseconds from one exchange of a session to its next. */
const PACE = 250
/** Kibibytes that a relay may grow by, once it has been used a while. */
const GROWTH = 16 * 1024

/** What has been done so far. */
interface Done {
  bytes: number
  logins: number
}

const soak = suite<{ stage: Stage }>('used for long')

soak.before(async (context) => {
  context.stage = await Stage.open()
})

soak.after(({ stage }) => stage.close())

soak(
  `${MINUTES} minutes: sessions stay open, others come and go, by every way`,
  async (context) => {
    const began = performance.now()
    const end = began + MINUTES * 60_000
    const warm = began + Math.min(MINUTES * 6_000, 120_000)
    const done: Done = { bytes: 0, logins: 0 }
    const travellers = HANDOVERS.map((way) => context.stage.travel(way))
    const sessions = await Promise.all(
      travellers.flatMap((each) => Array.from({ length: OPEN }, () => EchoSession.open(each))),
    )
    const relays = travellers.flatMap(({ home }) => home.liveByways())
    const work = Promise.all([
      ...sessions.map((session) => talk(session, { until: end, done })),
      ...travellers.map((traveller) => logIn(traveller, { until: end, done })),
    ])
    await Promise.race([work, delay(warm - performance.now())])
    const first = { memory: memoryOf(relays).mean, descriptors: relays.map(descriptorsOf) }
    await work
    const last = { memory: memoryOf(relays).mean, descriptors: relays.map(descriptorsOf) }
    assert.equal(last.descriptors, first.descriptors, 'no relay has more descriptors than before')
    assert.ok(last.memory < first.memory + GROWTH, `from ${first.memory} to ${last.memory} KiB`)
    for (const session of sessions) assert.is(await session.end(), 0)
    for (const { home, leavesNothing } of travellers) {
      await leavesNothing()
      assert.equal(leftBehind(home), [])
    }
    tell({ ...done, from: first.memory, to: last.memory })
  },
)

soak.run()

interface Until {
  /** by performance.now() */
  readonly until: number
  readonly done: Done
}

async function talk(session: EchoSession, { until, done }: Until): Promise<void> {
  while (performance.now() < until) {
    await session.exchange(randomBytes(CHUNK))
    done.bytes += 2 * CHUNK
    await delay(PACE)
  }
}

async function logIn({ ssh }: Traveller, { until, done }: Until): Promise<void> {
  while (performance.now() < until) {
    const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.equal([stdout.toString(), stderr], ['in\n', ''])
    done.logins += 1
  }
}

function descriptorsOf({ pid }: { readonly pid: number }): number {
  return countDescriptors(pid)
}

function tell({ bytes, logins, from, to }: Done & { from: number; to: number }): void {
  const memory = `a relay from ${Math.round(from / 1024)} to ${Math.round(to / 1024)} MiB`
  const moved = `${Math.round(bytes / 1024 ** 2)} MiB moved`
  const outcome = `none failed, nothing left; ${moved}, ${memory}`
  console.log(`${MINUTES} minutes, ${logins} logins: ${outcome}`)
  const what = `logins beside ${OPEN * HANDOVERS.length} open sessions, ${MINUTES} minutes`
  noteThrown({ suite: 'load', what, times: logins, outcome })
}
