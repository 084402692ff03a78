import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { joinChunks } from '../../scripts/chunks.mjs'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'

const SHARED = 'let made = 0; export const make = () => ++made; export class Shared {}'
const MAIN = `
import { basename } from 'node:path'
import { make, Shared } from './shared.js'
console.log('start', make(), basename(__filename))
import('./lazy.js').then(({ tell }) => tell(new Shared())).catch((error) => console.log(error.stack))
`
const LAZY = `
import { make, Shared } from './shared.js'
import { words } from './words.js'
import { existsSync } from 'node:fs'
export const tell = (thing) => {
  console.log(words, '/* a comment */', thing instanceof Shared, make(), existsSync('/'), typeof bundleUrl)
  throw new Error('thrown')
}
`

const chunks = suite('scripts/chunks')

for (const [what, words] of [
  ['a small chunk', 'few'],
  ['a large chunk, which is compressed', 'x'.repeat(200_000)],
] as const) {
  chunks(`what comes later shares what was there at the start: ${what}`, async () => {
    const { script, output } = await joinAll(`export const words = ${JSON.stringify(words)}`)
    const [first, second] = output.split('\n')
    assert.is(first, 'start 1 joined.cjs')
    assert.is(second, `${words} /* a comment */ true 2 true string`)
    assert.match(output, /Error: thrown\n {4}at tell \(.*joined\.cjs\/lazy\.js:/)
    assert.ok(script.length < 10_000, `${script.length} characters`)
  })
}

chunks('a large chunk that a connect may need is not compressed', async () => {
  const words = `export const words = ${JSON.stringify('x'.repeat(20_000))}`
  const [compressed, plain] = await Promise.all([joinAll(words), joinAll(words, { dials: true })])
  assert.ok(compressed.script.includes('/*brotli:') && !plain.script.includes('/*brotli:'))
})

chunks.run()

async function joinAll(
  words: string,
  { main = MAIN, dials = false } = {},
): Promise<{ script: string; output: string }> {
  const all = new Map([
    ['./main.js', { code: main, imports: ['./shared.js'], dials: false }],
    ['./shared.js', { code: SHARED, imports: [], dials: false }],
    ['./lazy.js', { code: LAZY, imports: ['./shared.js', './words.js'], dials: false }],
    ['./words.js', { code: words, imports: [], dials }],
  ])
  const script = await joinChunks(all, './main.js')
  const path = join(makeFolder(), 'joined.cjs')
  writeFileSync(path, script)
  const { stdout } = await mustRun([process.execPath, path])
  return { script, output: stdout.toString() }
}
