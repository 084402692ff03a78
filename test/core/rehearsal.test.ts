import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Foreseen, rehearse } from '../../src/core/rehearsal.ts'

const RULES = { stagger: 250, grace: 150, patience: 1000 }

const rehearsal = suite('rehearsal')

for (const [name, { entrants, winner }] of Object.entries({
  'nobody takes part': { entrants: [], winner: null },
  'the only one': { entrants: [up(40)], winner: 0 },
  'all fail': { entrants: [failed(10), failed(20)], winner: null },
  'the first is up before the next starts': { entrants: [up(200), up(1)], winner: 0 },
  'the next is up first, and the better one within its grace': {
    entrants: [up(390), up(10)],
    winner: 0,
  },
  'the better one is too late for the grace': { entrants: [up(500), up(10)], winner: 1 },
  'one that fails lets the next start at once': {
    entrants: [failed(5), up(100), up(1)],
    winner: 1,
  },
  'what does not run here costs no time': { entrants: [skipped(), skipped(), up(30)], winner: 2 },
  'out of time': { entrants: [{ ...up(6000), timeout: 5000 }], winner: null },
  'a failure that would come after the end': { entrants: [failed(9999), up(50)], winner: 1 },
})) {
  rehearsal(name, () => {
    const ranked = entrants.map((entrant, i) => ({ ...entrant, priority: 100 - i }))
    assert.is(rehearse(ranked, RULES), winner)
  })
}

rehearsal('equal priorities: the one that is up first wins', () => {
  assert.is(rehearse([up(300), up(10)], RULES), 1)
})

rehearsal.run()

function up(after: number): Foreseen {
  return { priority: 1, timeout: 10_000, fate: 'up', after }
}

function failed(after: number): Foreseen {
  return { ...up(after), fate: 'failed' }
}

function skipped(): Foreseen {
  return { ...up(0), fate: 'skipped' }
}
