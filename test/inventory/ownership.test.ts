import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  findOtherWriter,
  makeOwnFolder,
  requireOwnFolder,
  whoElseWrites,
} from '../../src/inventory/ownership.ts'
import { makeFolder } from '../helpers/cleanup.ts'

const NOBODY = 65_534

const test = suite('inventory/ownership')
const isRoot = process.geteuid?.() === 0

test('a folder is made, and is ours', () => {
  const path = join(makeFolder(), 'a/b')
  makeOwnFolder(path)
  requireOwnFolder(path)
})

test('a link of ours to a folder of ours is one', () => {
  const path = join(makeFolder(), 'link')
  symlinkSync(makeFolder(), path)
  requireOwnFolder(path)
})

for (const mode of [0o770, 0o702, 0o1777]) {
  test(`a folder of mode ${mode.toString(8)} is not`, () => {
    const path = makeFolder()
    chmodSync(path, mode)
    assert.throws(() => makeOwnFolder(path), /is not this user's alone/)
  })
}

test('what is somebody else’s is not, folder or link', () => {
  if (!isRoot) return void assert.throws(() => requireOwnFolder('/'), /is not this user's alone/)
  const [folder, link] = [makeFolder(), join(makeFolder(), 'link')]
  symlinkSync(makeFolder(), link)
  lchownSync(link, NOBODY, NOBODY)
  chownSync(folder, NOBODY, NOBODY)
  for (const path of [folder, link]) assert.throws(() => requireOwnFolder(path), /alone/)
})

test('nothing is made in another user’s folder, where it would shut him out', () => {
  if (!isRoot) return void assert.throws(() => makeOwnFolder('/nonexistent/a/b'), /EACCES/)
  const home = makeFolder()
  chownSync(home, NOBODY, NOBODY)
  const fault = new RegExp(`^${home} belongs to user ${NOBODY}: nothing is made in it$`)
  for (const path of ['.cache/byway', 'a']) {
    assert.throws(
      () => makeOwnFolder(join(home, path)),
      (error: Error) => fault.test(error.message),
    )
  }
  assert.equal(readdirSync(home), [])
  chmodSync(home, 0o1777)
  makeOwnFolder(join(home, 'for all/byway'))
})

test('nothing there: the system says so', () => {
  assert.throws(() => requireOwnFolder(join(makeFolder(), 'x')), /ENOENT/)
})

const MODES: readonly [mode: number, words: string | null][] = [
  [0o600, null],
  [0o444, null],
  [0o664, null],
  [0o666, 'everybody may write it'],
  [0o602, 'everybody may write it'],
]

for (const [mode, words] of MODES) {
  test(`a file of mode ${mode.toString(8)}: ${words ?? 'nobody else writes it'}`, () => {
    const path = join(makeFolder(), 'file')
    writeFileSync(path, '')
    chmodSync(path, mode)
    assert.is(whoElseWrites(path), words)
  })
}

test('a file of root is trusted, one that is not there as well', () => {
  assert.is(whoElseWrites('/etc/passwd'), null)
  assert.is(whoElseWrites('/nonexistent/x'), null)
  const shared = Object.assign(statSync('/'), { uid: 0, gid: 0, mode: 0o100664 })
  assert.is(
    findOtherWriter(shared),
    null,
    'as images have it in which root’s group stands for any user',
  )
})

/** Ids of a user, and of a file that its group may write. */
const GROUPS: readonly [uid: number, egid: number, gid: number, words: string | null][] = [
  [1001, 1001, 1001, null],
  [1001, 100, 100, 'group 100 may write it'],
  [1001, 100, 1001, 'group 1001 may write it'],
  [1001, 1001, 100, 'group 100 may write it'],
  [1001, 0, 0, 'group 0 may write it'],
]

for (const [uid, egid, gid, words] of GROUPS) {
  test(`user ${uid} of group ${egid}, a file of group ${gid}: ${words ?? 'nobody else'}`, () => {
    const { geteuid, getegid } = process
    Object.assign(process, { geteuid: () => uid, getegid: () => egid })
    try {
      const stat = Object.assign(statSync('/'), { uid, gid, mode: 0o100664 })
      assert.is(findOtherWriter(stat), words)
    } finally {
      Object.assign(process, { geteuid, getegid })
    }
  })
}

test('a folder that is somebody’s own group’s', () => {
  if (!isRoot) return void assert.is(whoElseWrites('/proc/1/cmdline'), null)
  const path = join(makeFolder(), 'file')
  mkdirSync(path)
  chownSync(path, 0, NOBODY)
  chmodSync(path, 0o670)
  assert.is(whoElseWrites(path), `group ${NOBODY} may write it`)
  chownSync(path, NOBODY, 0)
  assert.is(whoElseWrites(path), `it belongs to user ${NOBODY}`)
})

test.run()
