import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CacheFile, readCacheFile, writeCacheFile } from '../../src/inventory/cache-file.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const NOBODY = 65_534

const test = suite('inventory/cache-file')

test('what was written is read, in pieces, from anywhere', () => {
  const path = join(makeFolder(), 'cache')
  writeCacheFile(path, Buffer.from('0123456789'))
  const file = new CacheFile(path)
  assert.is(file.size, 10)
  assert.is(file.read(0, 10).toString(), '0123456789')
  assert.is(file.read(3, 4).toString(), '3456')
  assert.is(file.read(8, 100).toString(), '89')
  assert.is(file.read(10, 5).length, 0)
  file.close()
  assert.is(readCacheFile(path)?.toString(), '0123456789')
})

test('an empty file', () => {
  const path = join(makeFolder(), 'cache')
  writeCacheFile(path, Buffer.alloc(0))
  const file = new CacheFile(path)
  assert.is(file.size, 0)
  assert.is(file.read(0, 100).length, 0)
  file.close()
})

test('file and folders are this user’s alone', () => {
  const folder = join(makeFolder(), 'not/there/yet')
  const path = join(folder, 'cache')
  writeCacheFile(path, Buffer.from('x'))
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.is(statSync(folder).mode & 0o777, 0o700)
})

test('it is replaced in one step: who has it open reads the old one', () => {
  const path = join(makeFolder(), 'cache')
  writeCacheFile(path, Buffer.from('old'))
  const file = new CacheFile(path)
  writeCacheFile(path, Buffer.from('new and longer'))
  assert.is(file.read(0, 100).toString(), 'old')
  assert.is(readFileSync(path, 'utf8'), 'new and longer')
  file.close()
})

test('a write that fails leaves nothing', () => {
  const folder = makeFolder()
  mkdirSync(join(folder, 'cache/in the way'), { recursive: true })
  assert.throws(() => writeCacheFile(join(folder, 'cache'), Buffer.from('x')))
  assert.equal(readdirSync(folder), ['cache'])
})

test('a symbolic link is replaced, not followed', () => {
  const folder = makeFolder()
  const [path, other] = [join(folder, 'cache'), join(folder, 'other')]
  writeFileSync(other, 'precious')
  symlinkSync(other, path)
  writeCacheFile(path, Buffer.from('x'))
  assert.is(readFileSync(other, 'utf8'), 'precious')
  assert.is(readFileSync(path, 'utf8'), 'x')
})

const REFUSED: readonly [name: string, spoil: (path: string) => unknown][] = [
  ['its group may write it', (path) => write(path, 0o620)],
  ['everybody may write it', (path) => write(path, 0o602)],
  ['it is a symbolic link', (path) => makeLink(path)],
  ['it is a folder that everybody may write', (path) => makePublicFolder(path)],
  ['it is a pipe, which nobody writes', (path) => spawnSync('mkfifo', ['-m', '600', path])],
  ['it is a folder', (path) => mkdirSync(path, { mode: 0o700 })],
  ['everybody may write in its folder', (path) => openFolder(path, 0o777)],
  ['its group may write in its folder', (path) => openFolder(path, 0o770)],
]

for (const [name, spoil] of REFUSED) {
  test(`not read when ${name}`, () => {
    const path = join(makeFolder(), 'cache')
    spoil(path)
    assert.throws(() => new CacheFile(path))
    assert.is(readCacheFile(path), null)
  })
}

test('not read when it is another user’s', () => {
  // only root can give a file away; for all others there is one of root's
  const mine = process.geteuid?.() === 0
  const path = mine ? join(makeFolder(), 'cache') : '/etc/hostname'
  if (mine) {
    write(path, 0o600)
    chownSync(path, NOBODY, NOBODY)
  }
  assert.throws(() => new CacheFile(path))
  assert.is(readCacheFile(path), null)
})

test('not there: the system says so', () => {
  const path = join(makeFolder(), 'cache')
  assert.throws(() => new CacheFile(path), /ENOENT/)
  assert.is(readCacheFile(path), null)
})

test('not written where others may write in the folder', () => {
  const folder = makeFolder()
  chmodSync(folder, 0o777)
  assert.throws(() => writeCacheFile(join(folder, 'cache'), Buffer.from('x')), /alone/)
  assert.equal(readdirSync(folder), [])
})

test('others may read it', () => {
  const path = join(makeFolder(), 'cache')
  write(path, 0o644)
  assert.is(readCacheFile(path)?.toString(), 'x')
})

test.run()

function write(path: string, mode: number): void {
  writeFileSync(path, 'x')
  chmodSync(path, mode)
}

function openFolder(path: string, mode: number): void {
  write(path, 0o600)
  chmodSync(dirname(path), mode)
}

function makeLink(path: string): void {
  write(`${path}.target`, 0o600)
  symlinkSync(`${path}.target`, path)
}

function makePublicFolder(path: string): void {
  mkdirSync(path)
  chmodSync(path, 0o777)
}
