import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Action, Race } from '../../src/core/race.ts'

const test = suite('core/race')

const RULES = { stagger: 250, grace: 150, patience: 1000 }
/** How long an entrant may take that says nothing else. */
const TIMEOUT = 10_000

/**
 * Entrants are `name:priority[:timeout]`, news are `time entrant up|failed|parked`, what the race is
 * expected to do is `time action [entrant]`; `over` is noted when nobody is left.
 */
interface Case {
  readonly name: string
  readonly entrants: string
  readonly news?: string
  readonly rules?: Partial<typeof RULES>
  readonly expected: string
}

const STARTS: readonly Case[] = [
  {
    name: 'one alone starts at once and wins when it is up',
    entrants: 'a:1',
    news: '40 a up',
    expected: '0 start a, 40 win a',
  },
  {
    name: 'in order, one stagger apart, until each one’s time is over',
    entrants: 'a:3 b:2 c:1',
    expected:
      '0 start a, 250 start b, 500 start c, 10000 expire a, 10000 expire b, 10000 expire c, 10000 over',
  },
  {
    name: 'a failure starts the next at once, and the stagger counts from there',
    entrants: 'a:3 b:2 c:1',
    news: '100 a failed, 400 c up',
    expected: '0 start a, 100 start b, 350 start c, 550 win c, 550 lose b',
  },
  {
    name: 'a failure starts none while another still tries',
    entrants: 'a:3 b:2 c:1',
    news: '300 a failed, 600 c up, 610 b failed',
    expected: '0 start a, 250 start b, 500 start c, 610 win c',
  },
  {
    name: 'all failed',
    entrants: 'a:2 b:1',
    news: '10 a failed, 30 b failed',
    expected: '0 start a, 10 start b, 30 over',
  },
  {
    name: 'the first of all failed after the last started',
    entrants: 'a:2 b:1',
    news: '300 b failed, 400 a failed',
    expected: '0 start a, 250 start b, 400 over',
  },
  { name: 'nobody', entrants: '', expected: '0 over' },
  {
    name: 'all at once without a stagger',
    entrants: 'a:3 b:2 c:1',
    rules: { stagger: 0 },
    news: '20 a up',
    expected: '0 start a, 0 start b, 0 start c, 20 win a, 20 lose b, 20 lose c',
  },
]

const WINS: readonly Case[] = [
  {
    name: 'the highest wins at once, and the others are released',
    entrants: 'a:3 b:2 c:1',
    news: '600 a up',
    expected: '0 start a, 250 start b, 500 start c, 600 win a, 600 lose b, 600 lose c',
  },
  {
    name: 'a lower one waits the grace while a higher one tries',
    entrants: 'a:2 b:1',
    news: '300 b up',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'a higher one that comes up in the grace wins at once',
    entrants: 'a:2 b:1',
    news: '300 b up, 400 a up',
    expected: '0 start a, 250 start b, 400 win a, 400 lose b',
  },
  {
    name: 'a higher one that comes up in the last moment of the grace wins',
    entrants: 'a:2 b:1',
    news: '300 b up, 449 a up',
    expected: '0 start a, 250 start b, 449 win a, 449 lose b',
  },
  {
    name: 'the higher one fails in the grace: nothing is left to wait for',
    entrants: 'a:2 b:1',
    news: '300 b up, 350 a failed',
    expected: '0 start a, 250 start b, 350 win b',
  },
  {
    name: 'the higher one’s time is over in the grace',
    entrants: 'a:2:400 b:1',
    news: '300 b up',
    expected: '0 start a, 250 start b, 400 expire a, 400 win b',
  },
  {
    name: 'two higher ones try: the failure of one is not enough',
    entrants: 'a:3 b:2 c:1',
    news: '510 c up, 520 a failed',
    expected: '0 start a, 250 start b, 500 start c, 660 win c, 660 lose b',
  },
  {
    name: 'the grace counts from the first that was up',
    entrants: 'a:3 b:2 c:1',
    news: '510 c up, 600 b up',
    expected: '0 start a, 250 start b, 500 start c, 660 win b, 660 lose a, 660 lose c',
  },
  {
    name: 'a lower one that tries delays nobody',
    entrants: 'a:3 b:2 c:1',
    news: '300 a failed, 550 b up',
    expected: '0 start a, 250 start b, 500 start c, 550 win b, 550 lose c',
  },
  {
    name: 'nobody starts in the grace',
    entrants: 'a:3 b:2 c:1',
    rules: { stagger: 100 },
    news: '110 b up',
    expected: '0 start a, 100 start b, 260 win b, 260 lose a',
  },
  {
    name: 'of equal priorities the first that is up wins at once',
    entrants: 'a:1 b:1',
    news: '260 b up',
    expected: '0 start a, 250 start b, 260 win b, 260 lose a',
  },
  {
    name: 'of equal priorities that are up the first in order wins',
    entrants: 'a:2 b:1 c:1',
    news: '510 c up, 520 b up',
    expected: '0 start a, 250 start b, 500 start c, 660 win b, 660 lose a, 660 lose c',
  },
  {
    name: 'no grace: who is up wins at once',
    entrants: 'a:2 b:1',
    rules: { grace: 0 },
    news: '300 b up',
    expected: '0 start a, 250 start b, 300 win b, 300 lose a',
  },
]

const TIMES: readonly Case[] = [
  {
    name: 'each has its own time, counted from the beginning',
    entrants: 'a:2:300 b:1:1000',
    expected: '0 start a, 250 start b, 300 expire a, 1000 expire b, 1000 over',
  },
  {
    name: 'whose time is over counts as failed: the next starts at once',
    entrants: 'a:2:100 b:1',
    news: '150 b up',
    expected: '0 start a, 100 expire a, 100 start b, 150 win b',
  },
  {
    name: 'whose time is over before it could start never starts',
    entrants: 'a:3 b:2:200 c:1',
    news: '300 c up, 310 a failed',
    expected: '0 start a, 250 start c, 310 win c',
  },
  {
    name: 'nobody else is left when the time is over',
    entrants: 'a:2:100 b:1:100',
    expected: '0 start a, 100 expire a, 100 over',
  },
  {
    name: 'who is up does not expire in the grace',
    entrants: 'a:2 b:1:310',
    news: '300 b up',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'without a limit it is over when all have failed',
    entrants: 'a:1:Infinity b:1:Infinity',
    news: '60000 a failed, 90000 b failed',
    expected: '0 start a, 250 start b, 90000 over',
  },
]

const LATE_NEWS: readonly Case[] = [
  {
    name: 'news of a loser',
    entrants: 'a:2 b:1',
    news: '260 a up, 270 b up, 280 b failed, 290 b parked',
    expected: '0 start a, 250 start b, 260 win a, 260 lose b',
  },
  {
    name: 'news of the winner',
    entrants: 'a:2 b:1',
    news: '260 a up, 270 a failed, 280 a up',
    expected: '0 start a, 250 start b, 260 win a, 260 lose b',
  },
  {
    name: 'one whose time was over comes up',
    entrants: 'a:2:100 b:1',
    news: '150 a up, 300 b up',
    expected: '0 start a, 100 expire a, 100 start b, 300 win b',
  },
  {
    name: 'one that was up fails in the grace: too late, it has won or not',
    entrants: 'a:2 b:1',
    news: '300 b up, 310 b failed',
    expected: '0 start a, 250 start b, 450 win b, 450 lose a',
  },
  {
    name: 'one that failed comes up',
    entrants: 'a:2 b:1',
    news: '10 a failed, 20 a up, 40 b up',
    expected: '0 start a, 10 start b, 40 win b',
  },
  {
    name: 'one that has not started comes up',
    entrants: 'a:2 b:1',
    news: '10 b up, 20 a up',
    expected: '0 start a, 20 win a',
  },
]

const PARKED: readonly Case[] = [
  {
    name: 'it may start when all others have failed',
    entrants: 'a:2 b:1',
    news: '10 a failed, 20 b parked, 500 b up',
    expected: '0 start a, 10 start b, 20 permit b, 500 win b',
  },
  {
    name: 'it may start at the end of patience, though another tries',
    entrants: 'a:2 b:1',
    news: '260 b parked, 1300 b up',
    expected: '0 start a, 250 start b, 1000 permit b, 1450 win b, 1450 lose a',
  },
  {
    name: 'it never may when another wins before',
    entrants: 'a:2 b:1',
    news: '260 b parked, 900 a up',
    expected: '0 start a, 250 start b, 900 win a, 900 lose b',
  },
  {
    name: 'it does not while somebody is up and waits the grace',
    entrants: 'a:3 b:2 c:1',
    news: '260 b parked, 900 c up',
    expected: '0 start a, 250 start b, 500 start c, 1050 win c, 1050 lose a, 1050 lose b',
    rules: { grace: 150 },
  },
  {
    name: 'two of them: one after the other',
    entrants: 'a:3 b:2 c:1',
    news: '260 b parked, 510 c parked, 1300 c up, 1310 a failed',
    expected:
      '0 start a, 250 start b, 500 start c, 1000 permit b, 1250 permit c, 1450 win c, 1450 lose b',
  },
  {
    name: 'the next starts at once when one is parked and nobody else tries',
    entrants: 'a:2 b:1',
    news: '10 a parked, 50 b failed, 90 a up',
    expected: '0 start a, 10 start b, 50 permit a, 90 win a',
  },
  {
    name: 'a higher one that is parked delays nobody',
    entrants: 'a:2 b:1',
    news: '10 a parked, 100 b up',
    expected: '0 start a, 10 start b, 100 win b, 100 lose a',
  },
  {
    name: 'a higher one that was permitted is waited for again',
    entrants: 'a:2 b:1',
    news: '10 a parked, 1100 b up, 1200 a up',
    expected: '0 start a, 10 start b, 1000 permit a, 1200 win a, 1200 lose b',
  },
  {
    name: 'its time goes on',
    entrants: 'a:2 b:1:500',
    news: '260 b parked, 700 a up',
    expected: '0 start a, 250 start b, 500 expire b, 700 win a',
  },
  {
    name: 'it fails while it is parked',
    entrants: 'a:2 b:1',
    news: '260 b parked, 300 b failed, 700 a failed',
    expected: '0 start a, 250 start b, 700 over',
  },
  {
    name: 'it asks twice',
    entrants: 'a:1',
    news: '10 a parked, 20 a parked, 30 a up',
    expected: '0 start a, 10 permit a, 30 win a',
  },
  {
    name: 'others start before it may',
    entrants: 'a:3 b:2 c:1',
    rules: { patience: 0 },
    news: '10 a parked, 600 c up, 610 b failed',
    expected: '0 start a, 10 start b, 260 start c, 510 permit a, 610 lose a',
  },
]

const SUITES = { start: STARTS, win: WINS, time: TIMES, late: LATE_NEWS, parked: PARKED }

for (const [topic, cases] of Object.entries(SUITES)) {
  for (const { name, expected, ...script } of cases) {
    for (const began of [0, 123_456.5]) {
      test(`${topic}: ${name}${began === 0 ? '' : ', on another day'}`, () => {
        assert.equal(play(script, began), expected.split(', '))
      })
    }
  }
}

test('asked again at the same time it does nothing', () => {
  const race = new Race([{ priority: 1, timeout: TIMEOUT }], RULES, 0)
  assert.equal(race.advance(0), [{ kind: 'start', entrant: 0 }])
  assert.equal(race.advance(0), [])
  assert.equal(race.advance(5), [])
})

test('a clock that goes late loses nothing', () => {
  const entrants = [2, 1].map((priority) => ({ priority, timeout: TIMEOUT }))
  const race = new Race(entrants, RULES, 0)
  race.advance(0)
  assert.equal(race.advance(9000), [{ kind: 'start', entrant: 1 }])
  assert.equal(race.up(1, 12_000), [
    { kind: 'expire', entrant: 0 },
    { kind: 'win', entrant: 1 },
  ])
})

test.run()

/** Plays the news, and wakes the race when it wants to be woken; what it did, and when. */
function play({ entrants, news = '', rules }: Omit<Case, 'name' | 'expected'>, began: number) {
  const names = entrants.split(' ').filter((entrant) => entrant !== '')
  const field = names.map((entrant) => {
    const [, priority, timeout = TIMEOUT] = entrant.split(':')
    return { priority: Number(priority), timeout: Number(timeout) }
  })
  const race = new Race(field, { ...RULES, ...rules }, began)
  const log: string[] = []
  const note = (time: number, actions: readonly Action[]) => {
    log.push(...actions.map(({ kind, entrant }) => `${time} ${kind} ${names[entrant]?.[0]}`))
    const decided = log.some((line) => line.includes('win') || line.includes('over'))
    if (race.over && !decided) log.push(`${time} over`)
  }
  note(0, race.advance(began))
  for (const item of news.split(', ').filter((text) => text !== '')) {
    const [time, letter = '', kind] = item.split(' ')
    wakeUntil(race, { began, until: Number(time), note })
    const entrant = names.findIndex((name) => name.startsWith(letter))
    note(Number(time), race[kind as 'up' | 'failed' | 'parked'](entrant, began + Number(time)))
  }
  wakeUntil(race, { began, until: Number.POSITIVE_INFINITY, note })
  return log
}

interface Waking {
  readonly began: number
  readonly until: number
  note(time: number, actions: readonly Action[]): void
}

/** Fails when it wants to be woken for nothing, which would be a busy loop. */
function wakeUntil(race: Race, { began, until, note }: Waking): void {
  for (let wake = race.wakeAt(); wake !== null && wake - began < until; wake = race.wakeAt()) {
    const actions = race.advance(wake)
    note(wake - began, actions)
    const again = race.wakeAt()
    assert.ok(again === null || again > wake, `woken at ${wake - began} for nothing`)
  }
}
