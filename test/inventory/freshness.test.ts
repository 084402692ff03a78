import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { writeEvaluation, writeFailure } from '../../src/inventory/evaluation.ts'
import { FreshnessCheck, isFresh, knownFailure } from '../../src/inventory/freshness.ts'
import { type Stamp, stampOf } from '../../src/inventory/stamp.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const freshness = suite('inventory/freshness')

const FLAKE = '/home/me/clan'
const HOUR = 3_600_000

/** A cache with an evaluation that depends on so many files. */
function settle(count: number, age = 0): { cache: string; files: readonly string[] } {
  const [cache, folder] = [makeFolder(), makeFolder()]
  const files = Array.from({ length: count }, (_, i) => join(folder, String(i)))
  for (const file of files) writeFileSync(file, '')
  keep(cache, files.map(stampOf), age)
  return { cache, files }
}

function keep(cache: string, stamps: readonly Stamp[], age: number): void {
  writeEvaluation(
    FLAKE,
    {
      ...{ at: Date.now() - age, clan: null, domain: null, exports: null },
      ...{ targetHosts: {}, jumpHosts: {}, failed: [], stamps, tracked: null },
    },
    { cache, state: cache },
  )
}

/** How many steps a check takes, and what it finds. */
function check(cache: string, budget: number): { steps: number; fresh: boolean } {
  const stepping = new FreshnessCheck(FLAKE, cache)
  for (let steps = 1; ; steps++) {
    const fresh = stepping.step(budget)
    if (fresh !== null) return { steps, fresh }
  }
}

for (const budget of [1e-9, 0.5, 1000]) {
  freshness(`files that have not changed, in steps of ${budget} ms`, () => {
    const { cache } = settle(300)
    assert.is(check(cache, budget).fresh, true)
    assert.is(isFresh(FLAKE, cache), true)
  })

  for (const which of [0, 150, 299]) {
    freshness(`file ${which} of 300 has changed, in steps of ${budget} ms`, () => {
      const { cache, files } = settle(300)
      utimesSync(files[which] ?? '', 1, 1)
      assert.is(check(cache, budget).fresh, false)
      assert.is(isFresh(FLAKE, cache), false)
    })
  }
}

freshness('a step is short', () => {
  const { cache } = settle(300)
  assert.ok(check(cache, 1e-9).steps > 10)
  assert.is(check(cache, 10_000).steps, 1)
})

freshness('a file that is gone is a change, and so is one that comes', () => {
  const { cache, files } = settle(2)
  rmSync(files[1] ?? '')
  assert.is(check(cache, 1).fresh, false)
  keep(cache, files.map(stampOf), 0)
  assert.is(check(cache, 1).fresh, true)
  writeFileSync(files[1] ?? '', '')
  assert.is(check(cache, 1).fresh, false)
})

for (const [age, fresh] of [
  [0, true],
  [HOUR - 60_000, true],
  [HOUR + 1, false],
  // the clock was set back since
  [-60_000, false],
] as const) {
  freshness(`what depends on no file here, ${age} ms old`, () => {
    const { cache } = settle(0, age)
    assert.is(check(cache, 1).fresh, fresh)
    assert.is(isFresh(FLAKE, cache), fresh)
  })
}

freshness('what was never evaluated is not fresh', () => {
  assert.is(check(makeFolder(), 1).fresh, false)
  assert.is(isFresh(FLAKE, makeFolder()), false)
})

freshness('an evaluation that failed is not tried again for a while', () => {
  const { cache, files } = settle(2)
  const stamps = files.map(stampOf)
  assert.is(knownFailure(FLAKE, cache), null)
  writeFailure(FLAKE, { error: new BywayError('DATAERR', 'nix: no'), stamps }, cache)
  assert.is(knownFailure(FLAKE, cache), 'nix: no')
  assert.is(
    withClock(61_000, () => knownFailure(FLAKE, cache)),
    null,
  )
})

freshness('an evaluation that failed is tried again when something has changed', () => {
  const { cache, files } = settle(2)
  const stamps = files.map(stampOf)
  writeFailure(FLAKE, { error: new BywayError('DATAERR', 'nix: no'), stamps }, cache)
  utimesSync(files[0] ?? '', 1, 1)
  assert.is(knownFailure(FLAKE, cache), null)
})

freshness.run()

/** What it gives so many milliseconds later. */
function withClock<T>(later: number, run: () => T): T {
  const { now } = Date
  Date.now = () => now() + later
  try {
    return run()
  } finally {
    Date.now = now
  }
}
