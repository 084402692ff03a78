import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { lastStage, Report, type RouteReport } from '../../src/core/report.ts'
import type { RaceEvent } from '../../src/core/run-race.ts'
import type { Route, Stage } from '../../src/core/types.ts'

const test = suite('core/report')

const ROUTE: Route = {
  machine: 'web',
  network: { name: 'n', priority: 1, technology: 'direct', module: 'direct', settings: {} },
  host: { at: { plain: 'web.example' } },
  port: 22,
  clan: null,
}

interface Case {
  readonly name: string
  readonly events: readonly Omit<RaceEvent, 'entrant'>[]
  readonly stage?: Stage
  readonly expected: Partial<RouteReport>
}

const START = { kind: 'start', at: 5 } as const

const CASES: readonly Case[] = [
  {
    name: 'not tried',
    events: [],
    expected: { startedAt: null, upAt: null, endedAt: null, outcome: 'waiting', reason: null },
  },
  { name: 'trying', events: [START], expected: { startedAt: 5, endedAt: null, outcome: 'trying' } },
  {
    name: 'won',
    events: [START, { kind: 'up', at: 30 }, { kind: 'win', at: 180 }],
    expected: { startedAt: 5, upAt: 30, endedAt: 180, outcome: 'won', reason: null },
  },
  {
    name: 'up, and lost',
    events: [START, { kind: 'up', at: 30 }, { kind: 'lose', at: 40 }],
    expected: { upAt: 30, endedAt: 40, outcome: 'lost', reason: null },
  },
  {
    name: 'lost without being up',
    events: [START, { kind: 'lose', at: 40 }],
    expected: { upAt: null, endedAt: 40, outcome: 'lost' },
  },
  {
    name: 'failed, with a hint',
    events: [START, failure(new BywayError('UNAVAILABLE', 'dial x: no', { hint: 'start it' }))],
    expected: { endedAt: 70, outcome: 'failed', reason: 'dial x: no', hint: 'start it' },
  },
  {
    name: 'failed without a hint',
    events: [START, failure(new BywayError('UNAVAILABLE', 'dial x: no'))],
    expected: { outcome: 'failed', reason: 'dial x: no', hint: null },
  },
  {
    name: 'failed by something else than an error of ours',
    events: [START, failure('a text')],
    expected: { outcome: 'failed', reason: 'a text', hint: null },
  },
  {
    name: 'parked and permitted',
    events: [START, { kind: 'park', at: 6 }, { kind: 'permit', at: 9 }],
    expected: { startedAt: 5, endedAt: null, outcome: 'trying' },
  },
]

const LATE: readonly [stage: Stage | null, reason: string][] = [
  [null, 'not ready in time'],
  ['start', 'not ready in time'],
  ['var', 'its var was not read in time'],
  ['state', 'its network did not say in time whether it runs'],
  ['lookup', 'name servers did not answer in time'],
  ['connect', 'no answer'],
  ['proxy', 'the proxy did not answer in time'],
  ['banner', 'accepted the connection and said nothing'],
]

for (const { name, events, expected } of CASES) {
  test(name, () => {
    const [line, other] = play(events)
    for (const [key, value] of Object.entries(expected)) {
      assert.equal(line[key as keyof RouteReport], value, key)
    }
    assert.is(other.outcome, 'waiting', 'the other route is another')
  })
}

for (const [stage, reason] of LATE) {
  test(`late in stage ${stage}: ${reason}`, () => {
    const report = new Report([ROUTE])
    report.record({ ...START, entrant: 0 })
    if (stage !== null) report.step(0, { stage, at: 6 })
    report.record({ kind: 'expire', entrant: 0, at: 90 })
    const [line] = report.routes
    assert.equal([line?.outcome, line?.reason, line?.endedAt], ['late', reason, 90])
  })
}

test('steps, and the last stage', () => {
  const report = new Report([ROUTE])
  const line = report.routes[0] as RouteReport
  assert.is(lastStage(line), 'start')
  report.step(0, { stage: 'lookup', at: 1 })
  report.step(0, { stage: 'connect', at: 2, detail: '3 addresses' })
  assert.is(lastStage(line), 'connect')
  report.record({ kind: 'lose', entrant: 0, at: 3 })
  report.step(0, { stage: 'banner', at: 4 })
  assert.is(line.steps.length, 2, 'a step after the end is not noted')
})

test('news of a route that is none', () => {
  const report = new Report([ROUTE])
  report.record({ ...START, entrant: 7 })
  report.step(7, { stage: 'connect', at: 1 })
  assert.is(report.routes[0]?.outcome, 'waiting')
})

test('each hint once, in order of the routes', () => {
  const report = new Report([ROUTE, ROUTE, ROUTE, ROUTE])
  for (const [entrant, hint] of ['start tor', 'plug it in', 'start tor', undefined].entries()) {
    report.record({ ...failure(new BywayError('UNAVAILABLE', 'x', { hint })), entrant })
  }
  assert.equal(report.hints, ['start tor', 'plug it in'])
})

test.run()

function failure(error: unknown): Omit<RaceEvent, 'entrant'> {
  return { kind: 'fail', at: 70, error }
}

function play(events: readonly Omit<RaceEvent, 'entrant'>[]): [RouteReport, RouteReport] {
  const report = new Report([ROUTE, ROUTE])
  for (const event of events) report.record({ ...event, entrant: 0 })
  const [line, other] = report.routes
  return [line as RouteReport, other as RouteReport]
}
