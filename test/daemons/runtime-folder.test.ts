import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openRuntimeFolder as open, type RuntimePlaces } from '../../src/daemons/runtime-folder.ts'
import { makeFolders } from '../../src/inventory/ownership.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { caughtByway } from '../helpers/errors.ts'
import { mustRun } from '../helpers/program.ts'

/** Somebody else. */
const NOBODY = 65534

interface Places {
  xdg: string
  state: string
}

const folder = suite<Places>('daemons/runtime-folder')

/** Where the folders of all tests are: one below another would have too long a path. */
const TEMPORARY = tmpdir()

folder.before.each((context) => {
  process.env['TMPDIR'] = TEMPORARY
  const all = makeFolder()
  context.xdg = join(all, 'xdg')
  context.state = join(all, 'state')
  mkdirSync(context.xdg, { mode: 0o700 })
  mkdirSync(join(all, 'tmp'))
  process.env['TMPDIR'] = join(all, 'tmp')
})

folder('below XDG_RUNTIME_DIR, for us alone', ({ xdg, state }) => {
  const found = openRuntimeFolder({ xdg, state })
  assert.is(found, join(xdg, 'byway'))
  assert.is(statSync(found).mode & 0o777, 0o700)
  assert.is(openRuntimeFolder({ xdg, state }), found)
  assert.not.ok(existsSync(state), 'nothing is remembered')
})

/** What is wrong with XDG_RUNTIME_DIR; gives what it is set to. */
const UNFIT: readonly [name: string, spoil: (xdg: string) => string | undefined][] = [
  ['it is not set', () => undefined],
  ['it is empty', () => ''],
  ['it is no absolute path', () => 'xdg'],
  ['it is not there', (xdg) => join(xdg, 'not-there')],
  ['others may enter it', (xdg) => and(xdg, () => chmodSync(xdg, 0o750))],
  ['its path is too long for a socket', (xdg) => makeFolderBelow(xdg, 'x'.repeat(60))],
  ['its path has too many bytes', (xdg) => makeFolderBelow(xdg, '東'.repeat(20))],
  ['it is a link', (xdg) => link(xdg, join(xdg, 'link'))],
  [
    'byway in it is a link',
    (xdg) => and(xdg, () => link(makeFolderBelow(xdg, 'a'), join(xdg, 'byway'))),
  ],
  [
    'byway in it is a dangling link',
    (xdg) => and(xdg, () => link('/nonexistent', join(xdg, 'byway'))),
  ],
  ['byway in it is a file', (xdg) => and(xdg, () => writeFileSync(join(xdg, 'byway'), ''))],
  [
    'others may enter byway in it',
    (xdg) => and(xdg, () => chmodSync(makeFolderBelow(xdg, 'byway'), 0o755)),
  ],
]

if (process.getuid?.() === 0) {
  const owned: typeof UNFIT = [
    ['it is somebody else’s', (xdg) => and(xdg, () => chownSync(xdg, NOBODY, NOBODY))],
    [
      'byway in it is somebody else’s',
      (xdg) => and(xdg, () => chownSync(makeFolderBelow(xdg, 'byway'), NOBODY, NOBODY)),
    ],
  ]
  for (const [name, spoil] of owned) testUnfit(name, spoil)
}
for (const [name, spoil] of UNFIT) testUnfit(name, spoil)

function testUnfit(name: string, spoil: (xdg: string) => string | undefined): void {
  folder(`${name}: one in the temporary folder, which is remembered`, ({ xdg, state }) => {
    const places = { xdg: spoil(xdg), state }
    const found = openRuntimeFolder(places)
    assert.ok(!found.startsWith(xdg), found)
    assert.is(statSync(found).mode & 0o777, 0o700)
    assert.is(openRuntimeFolder(places), found)
    assert.is(readdirSync(state).length, 1)
  })
}

folder('the one that is remembered is gone, or somebody’s: another one', ({ state }) => {
  const places = { xdg: undefined, state }
  const first = openRuntimeFolder(places)
  rmSync(first, { recursive: true })
  const second = openRuntimeFolder(places)
  assert.not.equal(second, first)
  chmodSync(second, 0o755)
  const third = openRuntimeFolder(places)
  assert.ok(third !== first && third !== second)
  assert.is(openRuntimeFolder(places), third)
  assert.is(readdirSync(state).length, 1, 'old notes are gone')
})

folder('the temporary folder has a path too long for sockets: /tmp', ({ state }) => {
  process.env['TMPDIR'] = makeFolderBelow(state, 'x'.repeat(60))
  const found = openRuntimeFolder({ xdg: undefined, state })
  assert.match(found, /^\/tmp\/byway-[^/]+$/)
  rmSync(found, { recursive: true })
})

folder(
  'many processes at once, first use and after the folder is gone: one folder',
  async ({ state }) => {
    for (let round = 0; round < 3; round++) {
      const found = await openMany(state, 6)
      assert.is(new Set(found).size, 1, found.join())
      rmSync(found[0] ?? '', { recursive: true })
    }
  },
)

folder('it would be in another user’s home: NOPERM, and nothing is made', async ({ state }) => {
  if (process.geteuid?.() !== 0) return
  const home = dirname(state)
  chownSync(home, NOBODY, NOBODY)
  const places = { xdg: undefined, state: join(home, '.local/state/byway') }
  const error = await caughtByway('NOPERM', () => openRuntimeFolder(places))
  assert.match(error.message, `no folder for sockets: ${home} belongs to user ${NOBODY}`)
  assert.match(error.hint ?? '', 'sudo -H')
  assert.not.ok(existsSync(join(home, '.local')))
})

folder('neither can be made: NOPERM, and what to do', async ({ state }) => {
  writeFileSync(state, '')
  const error = await caughtByway('NOPERM', () => openRuntimeFolder({ xdg: undefined, state }))
  assert.match(error.message, 'no folder for sockets')
  assert.match(error.hint ?? '', 'XDG_RUNTIME_DIR')
})

folder.run()

function openRuntimeFolder(places: RuntimePlaces): string {
  return open(places, makeFolders)
}

/** What several processes find, which all look at the same time, 20 times each. */
async function openMany(state: string, count: number): Promise<string[]> {
  const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href
  const at = Date.now() + 1500
  const program = `import { openRuntimeFolder } from '${source('daemons/runtime-folder.ts')}'
    import { makeFolders } from '${source('inventory/ownership.ts')}'
    while (Date.now() < ${at});
    for (let i = 0; i < 20; i++) console.log(openRuntimeFolder({ state: '${state}' }, makeFolders))`
  const argv = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module']
  const all = await Promise.all(
    Array.from({ length: count }, () => mustRun([...argv, '-e', program])),
  )
  return all.flatMap(({ stdout }) => stdout.toString().trim().split('\n'))
}

/** The path, when that was done. */
function and(path: string, spoil: () => unknown): string {
  spoil()
  return path
}

function makeFolderBelow(parent: string, name: string): string {
  const path = join(parent, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

function link(target: string, path: string): string {
  symlinkSync(target, path)
  return path
}
