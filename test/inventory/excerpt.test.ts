import { spawnSync } from 'node:child_process'
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ExcerptFinder, readExcerpt, readSecretFile } from '../../src/inventory/excerpt.ts'
import { stampOf } from '../../src/inventory/stamp.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caughtByway, hides } from '../helpers/errors.ts'

const test = suite('inventory/excerpt')

const SOURCES = [
  { path: '/one', bytes: Buffer.from('köln abc def abc abcd'), state: '' },
  { path: '/two', bytes: Buffer.from('xyz abc'), state: '' },
]

const FOUND: readonly [name: string, values: readonly string[], expected: readonly unknown[]][] = [
  ['once', ['def'], [at('/one', 10, 3)]],
  ['bytes, not letters', ['köln'], [at('/one', 0, 5)]],
  ['in the second source', ['xyz'], [at('/two', 0, 3)]],
  ['nowhere', ['nobody'], [null]],
  ['backwards', ['def', 'köln'], [at('/one', 10, 3), at('/one', 0, 5)]],
  ['the same again: the same bytes do', ['abc', 'abc'], [at('/one', 6, 3), at('/one', 6, 3)]],
  ['a longer one behind', ['abc', 'abcd'], [at('/one', 6, 3), at('/one', 18, 4)]],
]

for (const [name, values, expected] of FOUND) {
  test(`finds: ${name}`, () => {
    const finder = new ExcerptFinder(SOURCES)
    assert.equal(
      values.map((value) => finder.find(value)),
      expected,
    )
  })
}

const TEXT = '{"host": "quokka.onion", "müll": "köln"}'

test('what is found is what is read', () => {
  const path = write(TEXT)
  const source = { ...stampOf(path), bytes: Buffer.from(TEXT) }
  const finder = new ExcerptFinder([source])
  for (const value of ['quokka.onion', 'köln', '{', '}']) {
    const excerpt = finder.find(value)
    assert.ok(excerpt !== null)
    assert.is(readExcerpt(excerpt).reveal(), value)
  }
})

test('the source is gone', async () => {
  const path = write('secret')
  rmSync(path)
  const error = await caughtByway('NOINPUT', () => readExcerpt(at(path, 0, 6)))
  assert.is(error.message, `read "${path}": it cannot be read any more`)
})

test('the source was cut', async () => {
  const path = write('my secret')
  truncateSync(path, 6)
  const error = await caughtByway('NOINPUT', () => readExcerpt(at(path, 3, 6)))
  assert.is(error.message, `read "${path}": it has changed meanwhile`)
  hides(error, 'sec')
})

for (const [name, change] of [
  ['written anew, other bytes there', (path: string) => writeFileSync(path, 'another text')],
  ['replaced by one of the same size', (path: string) => renameSync(write('MY SECRET'), path)],
] as const) {
  test(`the source was ${name}: nothing is read`, async () => {
    const path = write('my secret')
    const excerpt = { ...at(path, 3, 6), ...stampOf(path) }
    assert.is(readExcerpt(excerpt).reveal(), 'secret')
    change(path)
    const error = await caughtByway('NOINPUT', () => readExcerpt(excerpt))
    assert.is(error.message, `read "${path}": it has changed meanwhile`)
  })
}

test('the source is a folder', async () => {
  const path = makeFolder()
  await caughtByway('NOINPUT', () => readExcerpt(at(path, 0, 6)))
})

test('a file that holds nothing else: without the white space around it', async () => {
  assert.is(readSecretFile(write(' hunter2\n')).reveal(), 'hunter2')
  await caughtByway('NOINPUT', () => readSecretFile('/nowhere/key'))
})

for (const path of ['/dev/zero', '/dev/null', '/tmp', '/proc/self/mem']) {
  test(`a secret is not looked for in ${path}`, async () => {
    await caughtByway('NOINPUT', () => readSecretFile(path))
  })
}

test('a secret is not waited for at a pipe, nor read from a file without end', async () => {
  const [pipe, long] = [join(makeFolder(), 'pipe'), write('x'.repeat(65_537))]
  spawnSync('mkfifo', [pipe])
  for (const path of [pipe, long]) await caughtByway('NOINPUT', () => readSecretFile(path))
})

test.run()

function at(source: string, offset: number, length: number) {
  return { source, offset, length, state: '' }
}

function write(text: string): string {
  const path = join(makeFolder(), 'source')
  writeFileSync(path, text)
  return path
}
