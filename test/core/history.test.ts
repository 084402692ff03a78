import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  findDoubts,
  isNews,
  learn,
  parseSightings,
  remember,
  type Sighting,
} from '../../src/core/history.ts'
import type { RouteReport } from '../../src/core/report.ts'

const MINUTE = 60_000
const RULES = { stagger: 250, grace: 150 }
const NOW = 1_000 * MINUTE
const KEYS = new Map([
  ['top', 'k1'],
  ['next', 'k2'],
])

const doubts = suite('core/history: doubts')

/** A sighting of `top`, and how long ago it makes it doubtful; null: it does not. */
const SEEN: Readonly<Record<string, [Partial<Sighting>, number | null]>> = {
  'dead just now': [{ at: NOW }, 0],
  'dead ten minutes ago': [{ at: NOW - 10 * MINUTE }, 10 * MINUTE],
  'dead longer ago': [{ at: NOW - 10 * MINUTE - 1 }, null],
  'dead in the future': [{ at: NOW + 1 }, null],
  'up just now': [{ dead: false }, null],
  'another key': [{ key: 'elsewhere' }, null],
}

for (const [name, [one, age]] of Object.entries(SEEN)) {
  doubts(name, () => {
    const sighting = { key: 'k1', dead: true, ms: null, at: NOW, ...one }
    assert.equal([...findDoubts(KEYS, [sighting], NOW)], age === null ? [] : [['top', age]])
  })
}

doubts.run()

const learning = suite('core/history: learn')

type Line = Partial<Pick<RouteReport, 'outcome' | 'startedAt' | 'upAt' | 'endedAt' | 'steps'>>
const WON: Line = { outcome: 'won', startedAt: 250, upAt: 280, endedAt: 430 }
const AT_CONNECT = [{ stage: 'connect', at: 0 }] as const

/** What is learned of `top` beside a `next` that won: dead, up, or null: nothing. */
const LEARNED: Readonly<Record<string, [Line, boolean | null]>> = {
  refused: [{ outcome: 'failed', endedAt: 2 }, true],
  'out of time': [{ outcome: 'late', endedAt: 9000 }, true],
  'silent for as long as one waits': [{ outcome: 'lost', endedAt: 250 }, true],
  'silent for less': [{ outcome: 'lost', endedAt: 249 }, null],
  'answered, and then silent for longer than it had taken': [
    { outcome: 'lost', endedAt: 360, steps: [...AT_CONNECT, { stage: 'banner', at: 100 }] },
    true,
  ],
  'answered not long ago': [
    { outcome: 'lost', endedAt: 349, steps: [...AT_CONNECT, { stage: 'banner', at: 100 }] },
    null,
  ],
  'a detail is no answer': [
    {
      outcome: 'lost',
      endedAt: 260,
      steps: [...AT_CONNECT, { stage: 'connect', at: 200, detail: 'x' }],
    },
    true,
  ],
  'up, though it lost': [{ outcome: 'lost', upAt: 430, endedAt: 431 }, false],
  'not started': [{ outcome: 'waiting', startedAt: null, endedAt: null }, null],
  'does not run here': [
    { outcome: 'failed', endedAt: 2, steps: [{ stage: 'state', at: 0 }] },
    null,
  ],
  'its var could not be read': [
    { outcome: 'failed', endedAt: 2, steps: [{ stage: 'var', at: 0 }] },
    null,
  ],
}

for (const [name, [line, dead]] of Object.entries(LEARNED)) {
  learning(name, () => {
    const learned = learnFrom([line, WON])
    assert.is(learned.find(({ key }) => key === 'k1')?.dead ?? null, dead)
    assert.equal(
      learned.find(({ key }) => key === 'k2'),
      { key: 'k2', dead: false, ms: 30, at: NOW },
    )
  })
}

learning('nothing when nobody won', () => {
  assert.equal(learnFrom([{ outcome: 'failed' }, { outcome: 'late' }]), [])
})

learning('a network of several hosts is dead when all of them are', () => {
  const dead: Line = { outcome: 'failed', endedAt: 2 }
  assert.is(learnFrom([dead, WON, dead], ['top', 'next', 'top'])[0]?.dead, true)
  const one = learnFrom([dead, WON, { outcome: 'lost', endedAt: 3 }], ['top', 'next', 'top'])
  assert.equal(
    one.map(({ key }) => key),
    ['k2'],
  )
})

learning.run()

const keeping = suite('core/history: what is kept')

const seen = (key: string, at: number, dead = true): Sighting => ({ key, dead, ms: null, at })

keeping('the newer one of a key', () => {
  assert.equal(remember([seen('a', 1), seen('b', 2)], [seen('a', 3)]), [seen('b', 2), seen('a', 3)])
})

keeping('no more than 500, the newest', () => {
  const older = Array.from({ length: 500 }, (_, i) => seen(`k${i}`, i))
  const kept = remember(older, [seen('new', 1000)])
  assert.is(kept.length, 500)
  assert.is(kept[0]?.key, 'k1')
  assert.is(kept.at(-1)?.key, 'new')
})

keeping('what is dead, changed, new or old is news', () => {
  const up = seen('a', NOW, false)
  assert.is(isNews(seen('a', NOW), [up]), true)
  assert.is(isNews(up, [seen('a', NOW - 1)]), true)
  assert.is(isNews(up, []), true)
  assert.is(isNews(up, [seen('a', NOW - 11 * MINUTE, false)]), true)
  assert.is(isNews(up, [seen('a', NOW - MINUTE, false)]), false)
})

keeping('what was written is read again', () => {
  const all = [seen('a', 1), seen('b', 2, false)]
  assert.equal(parseSightings(JSON.stringify(all)), all)
})

for (const text of ['', '{', '{}', 'null', '[1]', '[null]', '[{"key":1,"dead":true,"at":1}]']) {
  keeping(`a damaged file throws: ${text}`, () => assert.throws(() => parseSightings(text)))
}

keeping.run()

function learnFrom(lines: readonly Line[], networks: readonly string[] = ['top', 'next']) {
  const routes = lines.map((line, i) => {
    const route = { network: { name: networks[i] } }
    return { startedAt: 0, endedAt: 0, upAt: null, steps: AT_CONNECT, ...line, route }
  })
  return learn(routes as unknown as RouteReport[], { keys: KEYS, rules: RULES, now: NOW })
}
