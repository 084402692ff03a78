import { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Authority, type Certificate } from '../helpers/certificates.ts'
import { readElsewhere } from '../helpers/elsewhere.ts'
import { inParallel, noteWire, rounds } from '../helpers/fault-budget.ts'
import type { Pace, Plan } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import { until } from '../helpers/until.ts'
import {
  finishWireCase,
  runWireCase,
  sayAll,
  startTalker,
  type Talker,
  takeAll,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('faults in streams')
const BANNER = Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')
/** What the peer says: more than one read takes in. */
const SAYS = Buffer.concat([BANNER, random.bytes(3 * 64 * 1024)])
const UP = random.bytes(70_000)
const BESIDE = 8
const SOUND = 'every byte once, in order, both ways'

interface Context {
  peer: Talker
  next: Talker
  ways: WireWay[]
  certificate: Certificate
}

const technologies = makeWireTechnologies()
const test = suite<Context>('faults in streams')

test.before(async (context) => {
  const authority = await Authority.make()
  process.env['SSL_CERT_FILE'] = authority.file
  context.peer = await startTalker(SAYS)
  context.next = await startTalker(SAYS)
  context.certificate = await authority.issue('IP:127.0.0.1')
  context.ways = await openWireWays(context.peer, context.certificate)
})

test.after(({ peer, next, ways }) => {
  delete process.env['SSL_CERT_FILE']
  for (const one of [peer, next, ...ways]) one.stop()
})

const PACES: Readonly<Record<string, () => Pace>> = {
  'one byte at a time for a while': () => {
    // more than any handshake that is not sealed
    let left = 400
    return { size: () => (left-- > 0 ? 1 : 64 * 1024) }
  },
  '64 KiB in one': () => ({ size: whole }),
  'pieces by chance': () => ({ size: () => random.between(1, 9000) }),
  'pieces and pauses by chance': () => ({
    size: () => random.between(1, 30_000),
    pause: () => random.between(0, 5),
  }),
}

for (const [name, makePace] of Object.entries(PACES)) {
  for (const untouched of [false, true]) {
    const mode = untouched ? 'to be passed on' : 'relayed'
    test(`${name}, ${mode}: no byte is lost or doubled, in either direction`, async (context) => {
      const ways = usable(context.ways, untouched)
      const all = ways.flatMap((way) => Array.from({ length: rounds(1) }, () => way))
      await inParallel(all, BESIDE, (way) => {
        const plan = { pace: makePace(), upPace: makePace() }
        return goThrough(way, plan, { context, untouched })
      })
      noteWire(`${name}, ${mode}`, all.length, SOUND)
    })
  }
}

test('reply and banner in one piece, then split anywhere: no byte is lost or doubled', async (context) => {
  let times = 0
  for (const way of context.ways.filter(({ sealed = false }) => !sealed)) {
    const until = await sizeOf(way)
    const count = until - SAYS.length - way.lastAnswer + BANNER.length
    const splits = Array.from({ length: count }, (_, i) => i)
    await inParallel(splits, BESIDE, (split) => {
      const hold = { from: way.lastAnswer, until, split }
      const plan = { pace: { hold, size: whole } }
      return goThrough(way, plan, { context, untouched: split % 2 === 0 })
    })
    times += splits.length
  }
  noteWire('reply and banner in one piece, split at every offset', times, SOUND)
})

test('the same, and the socket goes to another process: it has every byte', async (context) => {
  const says = SAYS.subarray(0, 30_000)
  const peer = await startTalker(says, true)
  const all = await openWireWays(peer, context.certificate)
  const ways = usable(all, true)
  await inParallel(ways, 2, async (way) => {
    const hold = { from: way.lastAnswer, until: Number.POSITIVE_INFINITY, split: 0 }
    const plan = { pace: { hold, size: whole } }
    const end = await runWireCase({ ...base(way), untouched: true, plan })
    const socket = end.outcome.winner?.reached.connection.socket
    if (!(socket instanceof Socket)) throw new Error(`${way.name}: no socket`)
    const bytes = await soon('the other process', readElsewhere(socket), 20_000)
    assert.ok(bytes.equals(says), `${way.name}: ${bytes.length} bytes of ${says.length}`)
    await finishWireCase(end)
  })
  for (const one of [peer, ...all]) one.stop()
  noteWire('reply and banner in one piece, socket passed to a process', ways.length, SOUND)
})

test.run()

/** Where no socket could be passed on there is nothing to try. */
function usable(ways: readonly WireWay[], untouched: boolean): WireWay[] {
  return ways.filter(({ sealed = false }) => !(sealed && untouched))
}

/** Bytes of the stream's connection in all. */
async function sizeOf(way: WireWay): Promise<number> {
  const end = await runWireCase({ ...base(way), plan: {} })
  assert.ok(end.outcome.winner !== null, way.name)
  await takeAll(end.outcome.winner.reached, SAYS.length)
  const size = end.proxy.counts[way.stream]?.down ?? 0
  await finishWireCase(end)
  return size
}

interface Through {
  readonly context: Context
  readonly untouched: boolean
}

/** All that the peer says, and all that it is told, once. */
async function goThrough(way: WireWay, plan: Plan, { context, untouched }: Through): Promise<void> {
  const end = await runWireCase({ ...base(way), untouched, plan })
  const { winner } = end.outcome
  assert.ok(winner !== null, `${way.name}: ${end.outcome.report.failure.reason}`)
  const told = random.bytes(16).toString('hex')
  const taken = await takeAll(winner.reached, SAYS.length)
  assert.ok(taken.bytes.equals(SAYS), `${way.name}: ${taken.bytes.length} bytes of ${SAYS.length}`)
  const bytes = Buffer.concat([Buffer.from(told), UP])
  assert.ok(await sayAll(winner.reached.connection, bytes), `${way.name}: no end`)
  const heard = () => context.peer.heard.find((one) => one.includes(told))
  await until('the peer has heard all', () => heard() !== undefined, 20_000)
  assert.ok(heard()?.equals(bytes), `${way.name}: the peer heard ${heard()?.length} bytes`)
  await finishWireCase(end)
}

function whole(): number {
  return 64 * 1024
}

function base(way: WireWay) {
  return { way, technologies, next: null, stagger: 250, limit: 20 }
}
