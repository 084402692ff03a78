import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Authority } from '../helpers/certificates.ts'
import { inParallel, noteWire, PATIENCE, rounds } from '../helpers/fault-budget.ts'
import type { Plan } from '../helpers/fault-proxy.ts'
import { Random } from '../helpers/random.ts'
import { soon } from '../helpers/soon.ts'
import {
  runWireCase,
  startTalker,
  type Talker,
  takeAll,
  type WireEnd,
} from '../helpers/wire-case.ts'
import { makeWireTechnologies, openWireWays, type WireWay } from '../helpers/wire-ways.ts'

const random = new Random('garbage on the wire')
const SAYS = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), random.bytes(100)])
const BESIDE = 16
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
  const peer = await startTalker(SAYS)
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
  test(`${name} at every offset: the next route, or a stream that begins as SSH does`, async (context) => {
    let times = 0
    for (const way of context.ways) {
      const offsets = await placesIn(way)
      await inParallel(offsets, BESIDE, ([connection, after]) => {
        const plan = { fault: { on: 'down', after, does: { says: make() } } } as const
        return survive(way, { plan, connection }, context)
      })
      times += offsets.length
    }
    noteWire(`${name} put in at every offset of every handshake`, times, OUTCOME)
  })
}

test('a byte of a handshake replaced by another', async (context) => {
  let times = 0
  for (const way of context.ways) {
    const places = await placesIn(way)
    const offsets = places.flatMap((place) => Array.from({ length: rounds(1) }, () => place))
    await inParallel(offsets, BESIDE, ([connection, after]) => {
      const does = { says: random.bytes(1), instead: 1 }
      return survive(way, { plan: { fault: { on: 'down', after, does } }, connection }, context)
    })
    times += offsets.length
  }
  noteWire('a byte of a handshake replaced by another', times, OUTCOME)
})

test.run()

/** Offsets of all connections that byway makes, up to the banner. */
async function placesIn(way: WireWay): Promise<[connection: number, after: number][]> {
  const end = await runWireCase({ ...base(way), next: null, plan: {} })
  assert.ok(end.outcome.winner !== null, way.name)
  await takeAll(end.outcome.winner.reached, SAYS.length)
  const sizes = end.proxy.counts.map(({ down }) => down)
  await finish(end)
  const step = way.sealed === true && PATIENCE < 5 ? 97 : 1
  return sizes.flatMap((size, connection) => {
    const end = size - (connection === way.stream ? SAYS.length - 4 : 0)
    return Array.from({ length: Math.ceil(end / step) }, (_, i): [number, number] => [
      connection,
      i * step,
    ])
  })
}

interface Disturbed {
  readonly plan: Plan
  readonly connection: number
}

async function survive(way: WireWay, disturbed: Disturbed, { next }: Context): Promise<void> {
  const end = await runWireCase({ ...base(way), next, ...disturbed })
  const { winner, report } = end.outcome
  const where = `${way.name} ${disturbed.connection} ${disturbed.plan.fault?.after}`
  assert.ok(winner !== null, `${where}: ${report.failure.reason}`)
  const sound = winner.route.network.name === 'next'
  const { bytes } = await takeAll(winner.reached, sound ? SAYS.length : 1)
  assert.ok(sound ? bytes.equals(SAYS) : bytes.includes('SSH-'), where)
  await finish(end)
}

function base(way: WireWay) {
  return { way, technologies, stagger: 300, limit: 20 }
}

async function finish({ outcome, proxy }: WireEnd): Promise<void> {
  outcome.winner?.reached.connection.close()
  await soon('the release of all connections', proxy.released(), 20_000)
  proxy.stop()
}
