import * as assert from 'uvu/assert'
import { Authority } from '../helpers/certificates.ts'
import { inParallel, noteWire, PATIENCE } from '../helpers/fault-budget.ts'
import type { Fault, FaultProxy } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { suite } from '../helpers/suite.ts'
import {
  finishWireCase,
  runWireCase,
  startTalker,
  type Talker,
  takeAll,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('faults in handshakes')
/** What the peer says: the banner, and what follows it at once. */
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), random.bytes(200)])
/** Bytes by which a peer is known for an SSH server. */
const KNOWN = 'SSH-'.length
/** Bytes of what the peer says in which there are faults. */
const BANNER_BYTES = 10
/** Cases at a time. */
const BESIDE = { plain: 24, sealed: 6 }
/** Seconds that a route has which stalls, more where the handshake alone takes its time. */
const LIMIT = { plain: 1, sealed: 2 }
/** Milliseconds by which a race may be over later than that. */
const LATE = 4000
const CLOSED =
  /closed (?:the connection(?:: it said "[SH]+")?|without an answer|in the middle of its answer|amid its answer)$|^no tor: \S+ does not speak SOCKS5$/
const RESET = /connection reset by peer$/
/** What is said of a route that was disturbed, by what was done to it. */
const WORDS = {
  close: CLOSED,
  reset: RESET,
  stall:
    /^(?:accepted the connection and said nothing|the proxy did not answer in time|its network did not say in time whether it runs|no answer)$/,
} as const
/** Where a close and a reset are the same to byway: the libraries in between do not tell. */
const ALIKE = /SOCKS|TLS/

interface Context {
  peer: Talker
  next: Talker
  ways: WireWay[]
}

/** One fault and what can come of it. */
interface Offset {
  readonly fault: Fault & { readonly does: keyof typeof WORDS }
  readonly connection: number
  /** bytes of the peer's that come before it; null: the peer is not known for an SSH server by then */
  readonly told: number | null
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
  test(`${does} within a handshake, both directions: the next route, or the right bytes`, async (context) => {
    for (const way of context.ways) {
      const all = await offsetsOf(way, does)
      await inParallel(all, besideOf(way), (offset) => fallOver(way, offset, context))
      const what = `${way.name}: ${does} at ${everyOf(stepOf(way))} offset`
      noteWire(what, all.length, 'the next route, or what came before')
    }
  })

  test(`${does}, no other route: 69 and a reason`, async ({ ways }) => {
    const reasons = new Map<string, number>()
    for (const way of ways) {
      const step = stepOf(way) * SOME[does]
      const early = (await offsetsOf(way, does)).filter(({ told }) => told === null)
      const some = early.filter(({ fault }) => fault.after % step === 0)
      const late: Offset[] = []
      const tryOne = async (offset: Offset) => {
        const reason = await failAlone(way, offset)
        if (reason === null) late.push(offset)
        else reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      }
      await inParallel(some, besideOf(way), tryOne)
      // once more with nothing beside them; a fault that is never reached stays among them
      for (const offset of late.splice(0)) await tryOne(offset)
      for (const offset of late.splice(0)) await tryOne(offset)
      assert.equal(late, [], `${way.name}: there was no fault`)
      const what = `${way.name}: ${does} at ${everyOf(step)} offset, alone`
      noteWire(what, some.length, 'exit 69 with a reason')
    }
    for (const [reason, times] of reasons) console.log(`${does}: ${times} times ${reason}`)
  })
}

test.run()

/** Offsets of TLS are many, and what is between them is sealed as a whole. */
function stepOf({ sealed = false }: WireWay): number {
  return sealed && PATIENCE < 5 ? 29 : 1
}

function besideOf({ sealed = false }: WireWay): number {
  return BESIDE[sealed ? 'sealed' : 'plain']
}

function everyOf(step: number): string {
  return step === 1 ? 'every' : `every ${step}th`
}

/** The offsets of every connection that byway makes, those of the stream up to the peer's bytes. */
async function offsetsOf(way: WireWay, does: keyof typeof WORDS): Promise<Offset[]> {
  const end = await runWireCase({ ...base(way), next: null, plan: {} })
  const { winner, report } = end.outcome
  assert.ok(winner !== null, `${way.name}: ${report.failure.reason}`)
  await takeAll(winner.reached, SAYS.length)
  const sizes = end.proxy.counts.map((count) => ({ ...count }))
  await finishWireCase(end)
  const step = stepOf(way)
  return sizes.flatMap((size, connection) =>
    (['down', 'up'] as const).flatMap((on) => {
      const says = on === 'down' && connection === way.stream
      const asked = on === 'down' && connection !== way.stream ? way.looksAt : undefined
      const first = asked ?? size[on] - (says ? SAYS.length : 0)
      const count = Math.ceil((first + (says ? BANNER_BYTES : 0)) / step)
      return Array.from({ length: count }, (_, i): Offset => {
        const after = i * step
        // of a sealed record nothing is known before all of it is there
        const known = says && way.sealed !== true && after >= first + KNOWN
        return { connection, fault: { on, after, does }, told: known ? after - first : null }
      })
    }),
  )
}

async function fallOver(way: WireWay, offset: Offset, { next }: Context): Promise<void> {
  const { connection, fault, told } = offset
  const stagger = fault.does === 'stall' ? 20 : 5000
  const end = await runWireCase({ ...base(way), next, stagger, connection, plan: { fault } })
  const { winner, report } = end.outcome
  const where = `${way.name} ${JSON.stringify(offset)}: ${report.failure.reason}`
  assert.ok(winner !== null, where)
  const { name } = winner.route.network
  assert.ok(name === 'next' || told !== null, `${where}: there was no fault`)
  const wanted = name === 'next' ? SAYS.length : (told ?? 0)
  const taken = await takeAll(winner.reached, fault.does === 'stall' ? wanted : SAYS.length)
  assert.ok(taken.bytes.equals(SAYS.subarray(0, taken.bytes.length)), `${where}: other bytes`)
  // a reset may overtake what was sent before it
  const least = name === 'top' && fault.does === 'reset' ? KNOWN : wanted
  assert.ok(taken.bytes.length >= least && taken.bytes.length <= wanted, where)
  await finishWireCase(end)
}

/** The reason that was given; null where what else runs here used the time up before the fault. */
async function failAlone(way: WireWay, { connection, fault }: Offset): Promise<string | null> {
  const limit = fault.does === 'stall' ? LIMIT[way.sealed === true ? 'sealed' : 'plain'] : 10
  const end = await runWireCase({ ...base(way), next: null, limit, connection, plan: { fault } })
  const { winner, report } = end.outcome
  const where = `${way.name} ${JSON.stringify({ connection, ...fault })}`
  assert.is(winner, null, `${where}: there was no fault`)
  if (fault.does === 'stall' && !(await isReached(end.proxy))) {
    end.proxy.stop()
    return null
  }
  await finishWireCase(end)
  assert.is(report.exit, 'UNAVAILABLE', where)
  const { reason = '' } = report.failure
  assert.ok(describesFault(reason, fault.does, way), `${where}: ${reason}`)
  // a timer of Node's may be a moment early
  const waited = fault.does !== 'stall' || end.ms > 1000 * limit - 20
  assert.ok(waited && end.ms < 1000 * limit + LATE, `${where}: ${end.ms} ms`)
  return reason.replace(/127\.0\.0\.1:\d+|\/tmp\/\S+socket/g, 'PEER')
}

/** False when all connections were given up before the fault. */
function isReached({ befell, released }: FaultProxy): Promise<boolean> {
  const fault = befell.then(() => true)
  return soon('the fault, or its end', Promise.race([fault, released().then(() => false)]))
}

function describesFault(reason: string, does: keyof typeof WORDS, way: WireWay): boolean {
  if (does === 'stall' || !ALIKE.test(way.name)) return WORDS[does].test(reason)
  return CLOSED.test(reason) || RESET.test(reason)
}

function base(way: WireWay) {
  return { way, technologies, stagger: 250, limit: 20 }
}
