import * as assert from 'uvu/assert'
import { Authority } from '../helpers/certificates.ts'
import { inParallel, noteWire } from '../helpers/fault-budget.ts'
import { Random } from '../helpers/random.ts'
import { suite } from '../helpers/suite.ts'
import {
  finishWireCase,
  runWireCase,
  startTalker,
  type Talker,
  takeAll,
  type WireEnd,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('delays')
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), random.bytes(200)])
/** Seconds: the disturbed route's own limit. */
const TIMEOUT = 4
/** Milliseconds: so long beside the limit, what comes is clearly before it or after it. */
const CLEAR = 1500
/** Milliseconds that an answer is late. */
const DELAYS = [1, 10, 100, 400, 900, 1000 * TIMEOUT - CLEAR, 1000 * TIMEOUT + CLEAR] as const
/** Milliseconds by which a race may be over later than the limit. */
const LATE = 4000
const BESIDE = 24

interface Context {
  peer: Talker
  next: Talker
  ways: WireWay[]
}

/** An answer that is late. */
interface Delay {
  readonly way: WireWay
  readonly ms: number
}

/** The other route, and when it starts. */
interface Other {
  readonly next: Talker | null
  readonly stagger: number
}

const ALONE: Other = { next: null, stagger: 20 }

const technologies = makeWireTechnologies()
const test = suite<Context>('delays')

test.before(async (context) => {
  const authority = await Authority.make()
  context.peer = await startTalker(SAYS)
  context.next = await startTalker(SAYS)
  const all = await openWireWays(context.peer, await authority.issue('IP:127.0.0.1'))
  // where an answer begins cannot be seen from outside when it is sealed
  context.ways = all.filter(({ sealed = false }) => !sealed)
  for (const one of all) if (!context.ways.includes(one)) one.stop()
})

test.after(({ peer, next, ways }) => {
  for (const one of [peer, next, ...ways]) one.stop()
})

test('an answer before the limit: its route wins, with all that the peer says', async (context) => {
  const all = delays(context, (ms) => ms < 1000 * TIMEOUT)
  await inParallel(all, BESIDE, async (delay) => {
    const { outcome, ms, ...rest } = await run(delay, ALONE)
    const where = describe(delay)
    assert.is(
      outcome.winner?.route.network.name,
      'top',
      `${where}: ${outcome.report.failure.reason}`,
    )
    assert.ok(ms > delay.ms - 20, `${where}: up after ${ms} ms`)
    if (outcome.winner === null) return
    const { bytes } = await takeAll(outcome.winner.reached, SAYS.length)
    assert.ok(bytes.equals(SAYS), `${where}: other bytes`)
    await finishWireCase({ outcome, ms, ...rest })
  })
  noteDelays(all, 'its route wins, every byte once')
})

test('an answer after the limit, no other route: 69, about when the limit is over', async (context) => {
  const all = delays(context, (ms) => ms > 1000 * TIMEOUT)
  await inParallel(all, BESIDE, async (delay) => {
    const end = await run(delay, ALONE)
    const where = describe(delay)
    assert.is(end.outcome.winner, null, `${where}: it had longer than its limit`)
    assert.is(end.outcome.report.exit, 'UNAVAILABLE', where)
    assert.ok(end.ms > 1000 * TIMEOUT - 20 && end.ms < 1000 * TIMEOUT + LATE, `${where}: ${end.ms}`)
    await finishWireCase(end)
  })
  noteDelays(all, 'exit 69 at the limit')
})

test('an answer after the limit, and the next route starts only then: it wins', async (context) => {
  const all = delays(context, (ms) => ms > 1000 * TIMEOUT)
  await inParallel(all, BESIDE, async (delay) => {
    const end = await run(delay, { next: context.next, stagger: 20_000 })
    await requireNext(delay, end)
    assert.ok(end.ms > 1000 * TIMEOUT - 20, `${describe(delay)}: ${end.ms} ms`)
  })
  noteDelays(all, 'the next route at the limit, every byte once')
})

test('an answer later than the next route waits for: the next route', async (context) => {
  const all = delays(context, (ms) => ms >= 900)
  await inParallel(all, BESIDE, async (delay) => {
    await requireNext(delay, await run(delay, { next: context.next, stagger: 20 }))
  })
  noteDelays(all, 'the next route, every byte once')
})

test.run()

async function requireNext(delay: Delay, end: WireEnd): Promise<void> {
  const { winner, report } = end.outcome
  const where = `${describe(delay)}: ${report.failure.reason}`
  assert.is(winner?.route.network.name, 'next', where)
  if (winner === null) return
  const { bytes } = await takeAll(winner.reached, SAYS.length)
  assert.ok(bytes.equals(SAYS), `${where}: other bytes`)
  await finishWireCase(end)
}

function delays({ ways }: Context, wanted: (ms: number) => boolean): Delay[] {
  return DELAYS.filter(wanted).flatMap((ms) => ways.map((way) => ({ way, ms })))
}

/** The last answer of the handshake comes so much later. */
function run({ way, ms }: Delay, { next, stagger }: Other): Promise<WireEnd> {
  const pause = (at: number) => (at === way.lastAnswer ? ms : 0)
  const plan = { pace: { size: () => 64 * 1024, pause } }
  return runWireCase({ way, plan, next, technologies, stagger, limit: 20, timeout: TIMEOUT })
}

function describe({ way, ms }: Delay): string {
  return `${way.name}, ${ms} ms late`
}

function noteDelays(all: readonly Delay[], outcome: string): void {
  const times = [...new Set(all.map(({ ms }) => ms))].join(', ')
  noteWire(`an answer ${times} ms late, the limit being ${1000 * TIMEOUT} ms`, all.length, outcome)
}
