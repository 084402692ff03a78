import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import * as assert from 'uvu/assert'
import { runWorker } from '../../fuzz/watched-worker.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { soon } from '../helpers/soon.ts'
import { suite } from '../helpers/suite.ts'

/** What a target does with the one input that it is given at first, and what is said of that. */
interface Case {
  /** the test's name */
  readonly name: string
  /** the body of its `run`, as JavaScript */
  readonly run: string
  readonly says: RegExp
}

const CASES: readonly Case[] = [
  {
    name: 'a promise that nobody settles, with nothing left to do',
    run: 'return new Promise(() => {})',
    says: /^the worker ended amid it, with code 13: /,
  },
  {
    name: 'an end of the process',
    run: 'process.exit(0)',
    says: /^the worker ended amid it, with code 0: /,
  },
  {
    name: 'an error that nobody catches',
    run: 'setImmediate(() => { throw new Error("late") }); return new Promise(() => {})',
    says: /^it ended the process: Error: late/,
  },
  { name: 'an error', run: 'throw new Error("odd")', says: /^Error: odd/ },
]

const test = suite<{ folder: string }>('fuzz: a worker that is watched')

test.before(async (context) => {
  context.folder = makeFolder()
  await build({
    entryPoints: ['fuzz/worker.ts'],
    outfile: join(context.folder, 'worker.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    logLevel: 'warning',
  })
})

for (const { name, run, says } of CASES) {
  test(`${name} is a finding, with its input`, async ({ folder }) => {
    const { found } = await fuzz(folder, run)
    assert.is(found.length, 1, JSON.stringify(found))
    assert.is(found[0]?.input, 'the seed')
    assert.match(found[0]?.error ?? '', says)
  })
}

test('a target that survives all it is given: nothing is found, and that is told', async ({
  folder,
}) => {
  const { found, runs } = await fuzz(folder, 'return Promise.resolve()')
  assert.equal(found, [])
  assert.ok(runs > 0)
})

test.run()

async function fuzz(folder: string, run: string) {
  const target = `{ name: 'it', seeds: ['the seed'], words: [], run() { ${run} } }`
  writeFileSync(join(folder, 'targets.mjs'), `export const TARGETS = [${target}]\n`)
  const found: { input: string; error: string }[] = []
  let runs = 0
  const task = { target: 'it', seed: 1, seconds: 0 }
  const working = runWorker(join(folder, 'worker.mjs'), task, {
    found: (input, error) => void found.push({ input: Buffer.from(input).toString(), error }),
    done: (news) => {
      runs += news.runs
    },
  })
  await soon('the worker', working)
  return { found, runs }
}
