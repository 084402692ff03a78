import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { lookAtFlake, renewIndexStamp } from '../../src/inventory/flake-folder.ts'
import { stillTrue } from '../../src/inventory/stamp.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { ToyClan } from '../helpers/toy-clan.ts'

const folder = suite('inventory/flake-folder')

const CONTEXT = { folder: '/', env: process.env, signal: new AbortController().signal }

function look(directory: string) {
  return lookAtFlake(directory, { ...CONTEXT, folder: directory })
}

/** The files that an evaluation depends on, below a folder. */
async function filesOf(directory: string, below: string): Promise<string[]> {
  const { stamps } = await look(directory)
  const paths = stamps.map(({ path }) => path).filter((path) => path.startsWith(`${below}/`))
  return paths.map((path) => path.slice(below.length + 1)).toSorted()
}

async function failureOf(work: Promise<unknown>): Promise<BywayError> {
  const thrown = await work.then(() => null).catch((error: unknown) => error)
  if (thrown instanceof BywayError) return thrown
  throw thrown ?? new Error('nothing was thrown')
}

/** A clan with files in folders, under git but for one. */
async function makeClan(): Promise<ToyClan> {
  const clan = await ToyClan.make({})
  clan.put('modules/web.nix', '{ }')
  clan.put('vars/per-machine/web/ip/value', '192.0.2.1')
  clan.put('a name\nof two lines', '')
  await clan.commit()
  clan.put('untracked.nix', '{ }')
  return clan
}

const GIT = ['.git/HEAD', '.git/index', '.git/packed-refs', '.git/refs/heads/main']

folder('in git: what git tracks, HEAD, its branch and the index', async () => {
  const clan = await makeClan()
  assert.equal(await filesOf(clan.folder, clan.folder), [
    ...GIT,
    'a name\nof two lines',
    'flake.lock',
    'flake.nix',
    'modules/web.nix',
    'vars/per-machine/web/ip/value',
  ])
})

folder('a flake below the root of its repository', async () => {
  const clan = await makeClan()
  clan.put('below/flake.nix', '{ }')
  await clan.commit()
  const directory = join(clan.folder, 'below')
  assert.is((await look(directory)).root, directory)
  const files = await filesOf(directory, clan.folder)
  const some = ['.git/HEAD', 'below/flake.lock', 'below/flake.nix', 'modules/web.nix']
  for (const file of some) assert.ok(files.includes(file), file)
})

folder('a directory below the flake, and a link to it, are that flake', async () => {
  const clan = await makeClan()
  const link = join(makeFolder(), 'link')
  symlinkSync(clan.folder, link)
  for (const directory of [join(clan.folder, 'modules'), link]) {
    assert.is((await look(directory)).root, clan.folder)
  }
})

folder('a worktree has its own HEAD and index, and the branches of the whole', async () => {
  const clan = await makeClan()
  const tree = join(makeFolder(), 'tree')
  await clan.git(['worktree', 'add', '--quiet', '-b', 'side', tree])
  const paths = (await look(tree)).stamps.map(({ path }) => path)
  const git = join(clan.folder, '.git')
  const own = ['worktrees/tree/HEAD', 'worktrees/tree/index', 'refs/heads/side', 'packed-refs']
  for (const path of own) assert.ok(paths.includes(join(git, path)), path)
  assert.ok(paths.includes(join(tree, 'modules/web.nix')))
})

folder('outside git: folders, and files that Nix may read', async () => {
  const clan = await makeClan()
  rmSync(join(clan.folder, '.git'), { recursive: true })
  clan.put('.cache/x.nix', '')
  clan.put('notes.txt', '')
  assert.equal(await filesOf(clan.folder, clan.folder), [
    'flake.nix',
    'modules',
    'modules/web.nix',
    'untracked.nix',
    'vars',
    'vars/per-machine',
    'vars/per-machine/web',
    'vars/per-machine/web/ip',
    'vars/per-machine/web/ip/value',
  ])
})

folder('where there is no flake', async () => {
  const empty = makeFolder()
  const below = join((await makeClan()).folder, 'below')
  mkdirSync(join(below, '.git'), { recursive: true })
  for (const [directory, message] of [
    [join(empty, 'not-there'), 'no such directory'],
    [empty, 'there is no flake.nix in it, or above it'],
    [below, 'there is no flake.nix in it, or above it'],
  ] as const) {
    const error = await failureOf(look(directory))
    assert.equal([error.exit, error.message], ['NOINPUT', message])
  }
})

folder('a flake.nix that git does not know', async () => {
  const clan = await makeClan()
  await clan.git(['rm', '--quiet', '--cached', 'flake.nix'])
  const error = await failureOf(look(clan.folder))
  assert.equal([error.exit, error.message], ['NOINPUT', 'git does not know its flake.nix'])
  assert.is(error.hint, `git -C ${clan.folder} add flake.nix`)
})

folder('an index that git wrote anew holds, as long as it tracks the same', async () => {
  const clan = await makeClan()
  const { stamps, tracked } = await look(clan.folder)
  if (tracked === null) throw new Error('it is not in git')
  await mustRun(['touch', '--no-create', join(clan.folder, '.git/index')])
  assert.is(stillTrue(stamps), false)
  const renewed = await renewIndexStamp(stamps, tracked, CONTEXT)
  assert.is(stillTrue(renewed ?? []), true)
  assert.equal(renewed?.length, stamps.length)
  await clan.git(['add', 'untracked.nix'])
  assert.is(await renewIndexStamp(stamps, tracked, CONTEXT), null)
})

folder('an index that holds is not enough where a file has changed', async () => {
  const clan = await makeClan()
  const { stamps, tracked } = await look(clan.folder)
  clan.put('modules/web.nix', '{ x = 1; }')
  assert.is(tracked && (await renewIndexStamp(stamps, tracked, CONTEXT)), null)
})

folder.run()
