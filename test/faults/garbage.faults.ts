import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Authority } from '../helpers/certificates.ts'
import { inParallel, noteWire, PATIENCE, rounds } from '../helpers/fault-budget.ts'
import type { Insertion } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import {
  finishWireCase,
  runWireCase,
  startTalker,
  type Talker,
  takeAll,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('garbage on the wire')
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), random.bytes(100)])
/** Bytes by which a peer is known for an SSH server. */
const KNOWN = 'SSH-'.length
const BESIDE = 16
/** Of TLS, whose records are sealed, only some: what is between them is the same. */
const SEALED_STEP = PATIENCE < 5 ? 97 : 1
const OFFSETS = SEALED_STEP === 1 ? 'every offset' : `every offset (of TLS every ${SEALED_STEP}th)`
const OUTCOME = 'the next route, or a stream that begins as SSH does'

interface Context {
  next: Talker
  ways: WireWay[]
  stop(): void
}

const technologies = makeWireTechnologies()
const test = suite<Context>('garbage on the wire')

test.before(async (context) => {
  const authority = await Authority.make()
  process.env['SSL_CERT_FILE'] = authority.file
  // it ends, so that nothing that comes behind its words is missed
  const peer = await startTalker(SAYS, true)
  context.next = await startTalker(SAYS)
  context.ways = await openWireWays(peer, await authority.issue('IP:127.0.0.1'))
  context.stop = () => {
    for (const one of [peer, context.next, ...context.ways]) one.stop()
  }
})

test.after(({ stop }) => {
  delete process.env['SSL_CERT_FILE']
  stop()
})

/** What is put in between the bytes of a handshake. */
const GARBAGE: Readonly<Record<string, () => Buffer>> = {
  'bytes by chance': () => random.bytes(random.between(1, 40)),
  'a zero': () => Buffer.of(0),
  'a line end': () => Buffer.from('\r\n'),
  '64 KiB of 0xff': () => Buffer.alloc(64 * 1024, 0xff),
  '64 KiB of zeros': () => Buffer.alloc(64 * 1024),
  '64 KiB of text without a line end': () => Buffer.alloc(64 * 1024, 'x'),
  '64 KiB of short lines': () => Buffer.alloc(64 * 1024, 'x: y\r\n'),
  'an answer of a web server': () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
  '2000 interim answers': () => Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000)),
  'another SOCKS reply': () => Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 22]),
}

for (const [name, make] of Object.entries(GARBAGE)) {
  test(`${name} within a handshake: the next route, or a stream that begins as SSH does`, async (context) => {
    let times = 0
    for (const way of context.ways) {
      const offsets = await placesIn(way)
      await inParallel(offsets, BESIDE, (place) => {
        return survive(way, { ...place, does: { says: make() } }, context)
      })
      times += offsets.length
    }
    noteWire(`${name} put in at ${OFFSETS} of every handshake`, times, OUTCOME)
  })
}

test('a byte of a handshake replaced by another', async (context) => {
  let times = 0
  for (const way of context.ways) {
    const places = await placesIn(way)
    const offsets = places.flatMap((place) => Array.from({ length: rounds(1) }, () => place))
    await inParallel(offsets, BESIDE, (place) => {
      return survive(way, { ...place, does: { flips: random.between(1, 255) } }, context)
    })
    times += offsets.length
  }
  noteWire(`a byte of a handshake replaced by another, at ${OFFSETS}`, times, OUTCOME)
})

test.run()

interface Place {
  readonly connection: number
  readonly after: number
  /** bytes of the banner that come before it; negative: it is in the handshake */
  readonly banner: number
}

/** Offsets of all connections that byway makes, up to the banner's fourth byte. */
async function placesIn(way: WireWay): Promise<Place[]> {
  const end = await runWireCase({ ...base(way), next: null, plan: {} })
  assert.ok(end.outcome.winner !== null, way.name)
  await takeAll(end.outcome.winner.reached, SAYS.length)
  const sizes = end.proxy.counts.map(({ down }) => down)
  await finishWireCase(end)
  return sizes.flatMap((size, connection) => {
    const first = size - (connection === way.stream ? SAYS.length : 0)
    const last = connection === way.stream ? first + KNOWN : first
    const step = way.sealed === true ? SEALED_STEP : 1
    return Array.from({ length: Math.ceil(last / step) }, (_, i): Place => {
      return { connection, after: i * step, banner: i * step - first }
    })
  })
}

interface Disturbance extends Place {
  readonly does: Insertion
}

async function survive(way: WireWay, wanted: Disturbance, { next }: Context): Promise<void> {
  const { connection, after, does } = wanted
  const plan = { fault: { on: 'down', after, does } } as const
  const end = await runWireCase({ ...base(way), next, connection, plan })
  const { winner, report } = end.outcome
  const where = `${way.name} ${JSON.stringify(wanted).slice(0, 200)}`
  assert.ok(winner !== null, `${where}: ${report.failure.reason}`)
  const sound = winner.route.network.name === 'next'
  const most = sound ? SAYS.length : Number.POSITIVE_INFINITY
  const { bytes } = await takeAll(winner.reached, most)
  if (sound) assert.ok(bytes.equals(SAYS), where)
  else requireWhole(way, wanted, { bytes, sent: end.proxy.sent(way.stream) })
  await finishWireCase(end)
}

interface Given {
  readonly bytes: Buffer
  readonly sent: Buffer
}

/** What the disturbed route gave is the end of what it was sent, with all that the peer said. */
function requireWhole(way: WireWay, wanted: Disturbance, { bytes, sent }: Given): void {
  const { connection, banner, does } = wanted
  const where = `${way.name} ${JSON.stringify(wanted).slice(0, 200)}`
  const inStream = connection === way.stream
  assert.ok(!inStream || way.sealed !== true, `${where}: what was sealed is broken`)
  if (inStream && banner > 0) {
    // a dash by chance makes one of it
    const first = Buffer.concat([
      SAYS.subarray(0, banner),
      'says' in does ? does.says : Buffer.of(),
    ])
    assert.ok(first.toString('latin1').startsWith('SSH-'), `${where}: it is no banner any more`)
    assert.ok(sent.subarray(-bytes.length).equals(bytes), where)
    return
  }
  assert.ok(bytes.subarray(-SAYS.length).equals(SAYS), `${where}: bytes are lost`)
  if (way.sealed !== true) assert.ok(sent.subarray(-bytes.length).equals(bytes), where)
  const before = bytes.subarray(0, -SAYS.length).toString('latin1')
  assert.ok(before === '' || before.endsWith('\n'), `${where}: the banner begins no line`)
}

function base(way: WireWay) {
  return { way, technologies, stagger: 300, limit: 20 }
}
