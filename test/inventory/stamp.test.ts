import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stampOf, stillTrue } from '../../src/inventory/stamp.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { until } from '../helpers/until.ts'

const test = suite('inventory/stamp')

test('nothing happened', () => {
  const path = write('x')
  const stamp = stampOf(path)
  readFileSync(path)
  assert.ok(stillTrue([stamp, stampOf(path)]))
  assert.is(stamp.path, path)
})

const CHANGES: readonly [name: string, change: (path: string) => void][] = [
  ['longer', (path) => writeFileSync(path, 'longer')],
  ['as long, written anew', (path) => writeFileSync(path, 'y')],
  ['as long and as old, to look at', (path) => rewriteInSecret(path)],
  ['another file in its place', (path) => replace(path)],
  ['other rights', (path) => chmodSync(path, 0o640)],
  ['gone', (path) => rmSync(path)],
  ['a folder', (path) => makeFolderOf(path)],
  ['a link that leads nowhere', (path) => makeLinkOf(path)],
]

for (const [name, change] of CHANGES) {
  test(`another state: ${name}`, async () => {
    const path = write('x')
    const stamp = stampOf(path)
    await tick(path)
    change(path)
    assert.not.ok(stillTrue([stamp]))
    assert.ok(stillTrue([stampOf(path)]))
  })
}

test('that it is not there is a state, and so is that it comes', () => {
  const path = join(makeFolder(), 'later')
  const stamp = stampOf(path)
  assert.ok(stillTrue([stamp]))
  writeFileSync(path, 'x')
  assert.not.ok(stillTrue([stamp]))
})

test('a file below a file is not there', () => {
  const path = join(write('x'), 'below')
  assert.ok(stillTrue([stampOf(path)]))
})

test('one of many has changed', () => {
  const paths = ['a', 'b', 'c'].map(write)
  const stamps = paths.map(stampOf)
  assert.ok(stillTrue(stamps))
  writeFileSync(paths[1] ?? '', 'longer')
  assert.not.ok(stillTrue(stamps))
})

test('no file: nothing can have changed', () => assert.ok(stillTrue([])))

test.run()

function write(text: string): string {
  const path = join(makeFolder(), 'file')
  writeFileSync(path, text)
  return path
}

/** Resolves when the file system's clock has gone on: its ticks may be some milliseconds long. */
async function tick(path: string): Promise<void> {
  const probe = join(makeFolder(), 'probe')
  const before = statSync(path, { bigint: true }).ctimeNs
  await until('the file system’s clock goes on', () => {
    writeFileSync(probe, '')
    return statSync(probe, { bigint: true }).ctimeNs > before
  })
}

function rewriteInSecret(path: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(path, 'y')
  utimesSync(path, atime, mtime)
}

function replace(path: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(`${path}.new`, 'x')
  utimesSync(`${path}.new`, atime, mtime)
  renameSync(`${path}.new`, path)
}

function makeFolderOf(path: string): void {
  rmSync(path)
  mkdirSync(path)
}

function makeLinkOf(path: string): void {
  rmSync(path)
  symlinkSync('/nowhere', path)
}
