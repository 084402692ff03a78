import * as assert from 'uvu/assert'
import { Authority } from '../helpers/certificates.ts'
import { inParallel, noteWire, PATIENCE } from '../helpers/fault-budget.ts'
import type { Fault } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { suite } from '../helpers/suite.ts'
import {
  runWireCase,
  startTalker,
  type Talker,
  takeAll,
  type WireEnd,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('faults in handshakes')
/** What the peer says: the banner, and what follows it at once. */
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), random.bytes(200)])
/** Bytes by which a peer is known for an SSH server. */
const KNOWN = 'SSH-'.length
/** Cases at a time. */
const BESIDE = 24
const WORDS =
  /closed|reset|does not speak|no answer|did not answer|said nothing|refused|no tor|handshake|did not say in time/

interface Context {
  peer: Talker
  next: Talker
  ways: WireWay[]
}

/** One fault and what can come of it. */
interface Offset extends Fault {
  readonly connection: number
}

/** Of the offsets without another route, where the reason is what matters: one of so many. */
const SOME = { close: 1, reset: 5, stall: 7 } as const

const technologies = makeWireTechnologies()
const test = suite<Context>('faults in handshakes')

test.before(async (context) => {
  const authority = await Authority.make()
  process.env['SSL_CERT_FILE'] = authority.file
  context.peer = await startTalker(SAYS)
  context.next = await startTalker(SAYS)
  context.ways = await openWireWays(context.peer, await authority.issue('IP:127.0.0.1'))
})

test.after(({ peer, next, ways }) => {
  delete process.env['SSL_CERT_FILE']
  for (const one of [peer, next, ...ways]) one.stop()
})

for (const does of ['close', 'reset', 'stall'] as const) {
  test(`${does} at every offset, both directions: the next route, or the right bytes`, async (context) => {
    for (const way of context.ways) {
      const all = await offsetsOf(way, does)
      await inParallel(all, BESIDE, (offset) => fallOver(way, offset, context))
      noteWire(
        `${way.name}: ${does} at every offset`,
        all.length,
        'the next route, or what came before',
      )
    }
  })

  test(`${does} at every offset, no other route: 69 and a reason`, async ({ ways }) => {
    const reasons = new Map<string, number>()
    for (const way of ways) {
      const all = (await offsetsOf(way, does)).filter(({ after }) => after % SOME[does] === 0)
      await inParallel(all, BESIDE, async (offset) => {
        const reason = await failAlone(way, offset)
        if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      })
      noteWire(`${way.name}: ${does} at every offset, alone`, all.length, 'exit 69 with a reason')
    }
    for (const [reason, times] of reasons) console.log(`${does}: ${times} times ${reason}`)
  })
}

test.run()

/** Every offset of every connection that byway makes, those of the stream up to the peer's bytes. */
async function offsetsOf(way: WireWay, does: Fault['does']): Promise<Offset[]> {
  const { proxy, outcome } = await runWireCase({ ...base(way), next: null, plan: {} })
  assert.ok(outcome.winner !== null, `${way.name}: ${outcome.report.failure.reason}`)
  await takeAll(outcome.winner.reached, SAYS.length)
  const sizes = proxy.counts.map((count) => ({ ...count }))
  await finish({ outcome, proxy })
  const step = way.sealed === true && PATIENCE < 5 ? 29 : 1
  return sizes.flatMap((size, connection) =>
    (['down', 'up'] as const).flatMap((on) => {
      const end = size[on] - (on === 'down' && connection === way.stream ? SAYS.length - 10 : 0)
      const places = Array.from({ length: Math.ceil(end / step) }, (_, i) => i * step)
      return places.map((after) => ({ connection, on, after, does }))
    }),
  )
}

async function fallOver(way: WireWay, offset: Offset, { next }: Context): Promise<void> {
  const { connection, ...fault } = offset
  const stagger = fault.does === 'stall' ? 20 : 5000
  const end = await runWireCase({ ...base(way), next, stagger, connection, plan: { fault } })
  const { winner } = end.outcome
  const where = `${way.name} ${JSON.stringify(offset)}: ${end.outcome.report.failure.reason}`
  assert.ok(winner !== null, where)
  const stalled = fault.does === 'stall' && winner.route.network.name === 'top'
  const taken = await takeAll(winner.reached, stalled ? KNOWN : SAYS.length)
  const said = SAYS.subarray(0, taken.bytes.length)
  assert.ok(taken.bytes.equals(said), `${where}: other bytes`)
  if (winner.route.network.name === 'next') assert.is(taken.bytes.length, SAYS.length, where)
  else assert.ok(taken.bytes.length >= KNOWN, where)
  await finish(end)
}

/** The reason that was given; null: the fault came after the peer was known for an SSH server. */
async function failAlone(way: WireWay, { connection, ...fault }: Offset): Promise<string | null> {
  const end = await runWireCase({
    ...base(way),
    next: null,
    limit: fault.does === 'stall' ? 0.4 : 10,
    connection,
    plan: { fault },
  })
  const { winner, report } = end.outcome
  await finish(end)
  if (winner !== null) return null
  const where = `${way.name} ${JSON.stringify({ connection, ...fault })}`
  assert.is(report.exit, 'UNAVAILABLE', where)
  const reason = report.failure.reason ?? ''
  assert.match(reason, WORDS, where)
  return reason.replace(/127\.0\.0\.1:\d+|\/tmp\/\S+socket/g, 'PEER')
}

function base(way: WireWay) {
  return { way, technologies, stagger: 250, limit: 20 }
}

/** Nothing of it is left open. */
async function finish({ outcome, proxy }: WireEnd): Promise<void> {
  outcome.winner?.reached.connection.close()
  await soon('the release of all connections', proxy.released(), 20_000)
  proxy.stop()
}
