import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Chance, LONGEST, Mutator } from '../../fuzz/mutator.ts'
import { TARGETS } from '../../fuzz/targets.ts'
import { Random } from '../helpers/random.ts'

const FOLDER = fileURLToPath(new URL('regressions', import.meta.url))
/** Changed seeds of each target; the fuzzer itself is `make fuzz`. */
const MUTANTS = 100
/** Milliseconds: much more than any input takes, much less than one that takes for ever. */
const LIMIT = 10_000

const test = suite('fuzz')
const random = new Random('fuzz')

for (const target of TARGETS) {
  const folder = join(FOLDER, target.name)
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    test(`${target.name}: ${name}`, async () => {
      const began = performance.now()
      await target.run(readFileSync(join(folder, name)))
      assert.ok(performance.now() - began < LIMIT, 'it takes for ever')
    })
  }

  test(`${target.name}: the seeds, and ${MUTANTS} changes of them`, async () => {
    const seeds = target.seeds.map((seed) => Buffer.from(seed).subarray(0, LONGEST))
    for (const seed of seeds) await target.run(seed)
    const mutator = new Mutator(new Chance(random.between(0, 2 ** 31)), target.words)
    for (let i = 0; i < MUTANTS; i++) {
      const input = mutator.mutate(seeds)
      try {
        await target.run(input)
      } catch (cause) {
        throw new Error(`input ${input.toString('base64')}: ${String(cause)}`, { cause })
      }
    }
  })
}

test('every regression is of a target that there is', () => {
  const names = TARGETS.map(({ name }) => name)
  assert.equal(
    readdirSync(FOLDER).filter((name) => !names.includes(name)),
    [],
  )
})

test.run()
