import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { draftUserFile, readUserFile, removeUserFile } from '../../src/ssh/user-file.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caughtByway } from '../helpers/errors.ts'

const test = suite("a user's file")

function write(path: string, text: string): void {
  draftUserFile(readUserFile(path), Buffer.from(text)).commit()
}

test('a new file is of mode 0600', () => {
  const path = join(makeFolder(), 'config')
  write(path, 'new')
  assert.is(readFileSync(path, 'utf8'), 'new')
  assert.is(statSync(path).mode & 0o777, 0o600)
})

test('one that is there keeps its mode and owner', () => {
  const path = join(makeFolder(), 'config')
  writeFileSync(path, 'old')
  chmodSync(path, 0o644)
  const root = process.getuid?.() === 0
  if (root) chownSync(path, 12345, 23456)
  write(path, 'new')
  const { mode, uid, gid } = statSync(path)
  assert.is(mode & 0o777, 0o644)
  if (root) assert.equal([uid, gid], [12345, 23456])
})

test('a symbolic link stays, and what it leads to is replaced', () => {
  const folder = makeFolder()
  mkdirSync(join(folder, 'dotfiles'))
  writeFileSync(join(folder, 'dotfiles/ssh'), 'old')
  symlinkSync('dotfiles/ssh', join(folder, 'first'))
  symlinkSync('first', join(folder, 'config'))
  write(join(folder, 'config'), 'new')
  assert.is(readlinkSync(join(folder, 'config')), 'first')
  assert.ok(lstatSync(join(folder, 'first')).isSymbolicLink())
  assert.is(readFileSync(join(folder, 'dotfiles/ssh'), 'utf8'), 'new')
})

test('a symbolic link may lead to what is not there yet', () => {
  const folder = makeFolder()
  symlinkSync('dotfile', join(folder, 'config'))
  write(join(folder, 'config'), 'new')
  assert.is(readFileSync(join(folder, 'dotfile'), 'utf8'), 'new')
})

test('links in a circle are an error', async () => {
  const folder = makeFolder()
  symlinkSync('b', join(folder, 'a'))
  symlinkSync('a', join(folder, 'b'))
  const error = await caughtByway('NOINPUT', () => readUserFile(join(folder, 'a')))
  assert.match(error.message, 'go round in a circle')
})

test('what somebody else has saved meanwhile is not lost', async () => {
  const folder = makeFolder()
  const path = join(folder, 'config')
  writeFileSync(path, 'old')
  const file = readUserFile(path)
  const draft = draftUserFile(file, Buffer.from('new'))
  writeFileSync(path, 'saved by an editor')
  await caughtByway('IOERR', () => draft.commit())
  await caughtByway('IOERR', () => removeUserFile(file))
  assert.is(readFileSync(path, 'utf8'), 'saved by an editor')
  assert.equal(readdirSync(folder), ['config'], 'no draft is left')
})

test('the draft of one that was killed is in nobody’s way', () => {
  const folder = makeFolder()
  const path = join(folder, 'config')
  writeFileSync(path, 'old')
  draftUserFile(readUserFile(path), Buffer.from('half of it'))
  assert.is(readFileSync(path, 'utf8'), 'old')
  write(path, 'new')
  assert.is(readFileSync(path, 'utf8'), 'new')
  assert.equal(readdirSync(folder), ['config'])
})

test.run()
