import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { type Refusal, refuses } from '../helpers/refusal.ts'

const inventoryOf = (machine: string) => ({
  networks: { home: { peers: { [machine]: { host: '127.77.0.1', port: 1 } } } },
})

/** What is at the inventory's place instead of a file that can be read. */
const PLACES: Readonly<Record<string, Refusal & { put(path: string): void }>> = {
  nothing: { put: () => {}, status: 66, words: [': no such file'] },
  'a folder': { put: (path) => mkdirSync(path), status: 66, words: ['read "', 'EISDIR'] },
  'a link to nothing': {
    put: (path) => symlinkSync('nowhere', path),
    status: 66,
    words: [': no such file'],
  },
  'a link to itself': { put: (path) => symlinkSync(path, path), status: 66, words: ['ELOOP'] },
  'a file that fails to be read': {
    put: (path) => symlinkSync('/proc/self/mem', path),
    status: 66,
    words: ['read "', /EIO|EACCES|EPERM/],
  },
}

/** What somebody, or a crash, may do to the cache; byway must not take it for its own. */
const TAMPERINGS: Readonly<Record<string, (cache: string) => void>> = {
  empty: (cache) => truncateSync(cache, 0),
  'cut off': (cache) => truncateSync(cache, statSync(cache).size - 5),
  'cut off in its header': (cache) => truncateSync(cache, 100),
  'of another version': (cache) => rewrite(cache, (bytes) => bytes.write('byway inventory 0\n')),
  'overwritten with zeros': (cache) => rewrite(cache, (bytes) => bytes.fill(0)),
  'zeros behind its magic': (cache) => rewrite(cache, (bytes) => bytes.fill(0, 18)),
  'damaged in its header': (cache) => rewrite(cache, (bytes) => bytes.fill('?', 30, 60)),
  'damaged in its records': (cache) =>
    rewrite(cache, (bytes) => bytes.fill('?', bytes.length - 40)),
  'damaged in its index': (cache) => rewrite(cache, (bytes) => indexOf(bytes).fill(0x7f)),
  'given an index of zeros': (cache) => rewrite(cache, (bytes) => indexOf(bytes).fill(0)),
  'given sizes out of range': (cache) => rewrite(cache, (bytes) => bytes.fill(0xff, 18, 26)),
  'writable by others': (cache) => chmodSync(cache, 0o666),
  'writable by the group': (cache) => chmodSync(cache, 0o620),
  'a link to a cache': (cache) => {
    renameSync(cache, `${cache}.real`)
    symlinkSync(`${cache}.real`, cache)
  },
  'a folder': (cache) => {
    rmSync(cache)
    mkdirSync(cache)
  },
}

/** Only root can give a file away. */
const AS_ROOT: typeof TAMPERINGS = {
  "another user's": (cache) => chownSync(cache, 65_534, 65_534),
}
const IS_ROOT = process.getuid?.() === 0
if (!IS_ROOT) console.log("not tried: a cache that is another user's needs root to be made")

const badFiles = suite('bad files')

for (const artefact of ARTEFACTS) {
  for (const [title, { put, ...refusal }] of Object.entries(PLACES)) {
    badFiles(`${artefact.name}: ${title} where the inventory should be`, async () => {
      const home = new Home(artefact)
      const path = join(home.folder, 'inventory.json')
      put(path)
      const words = [`"${path}"`, ...refusal.words]
      await refuses(home, ['connect', '--inventory', path, 'web'], { ...refusal, words })
      const env = { BYWAY_INVENTORY: path }
      await refuses(home, ['connect', 'web'], { ...refusal, words, env })
    })
  }

  badFiles(`${artefact.name}: no inventory anywhere: 66, with a hint`, async () => {
    const words = ['byway: no inventory: looked for ', 'hint: name one with --inventory']
    await refuses(new Home(artefact), ['connect', 'web'], { status: 66, words })
  })
}

badFiles('a new version that is broken is an error, whatever the cache says', async () => {
  const home = new Home(SCRIPT)
  const file = home.writeInventory(inventoryOf('web'))
  await knows(home, 'web')
  for (const broken of ['', '{"networks": {"home": {"peers": {"web": {"hos', '{"networks": 7}']) {
    writeFileSync(file, broken)
    const words = [`byway: ${file}: `, 'found']
    await refuses(home, ['connect', 'web'], { status: 65, words })
    await refuses(home, ['connect', 'web'], { status: 65, words })
  }
  rmSync(file)
  await refuses(home, ['connect', 'web'], { status: 66, words: ['no inventory'] })
  home.writeInventory(inventoryOf('other'))
  await knows(home, 'other')
})

badFiles('a new version of the same size and age is noticed', async () => {
  const home = new Home(SCRIPT)
  const file = home.writeInventory(inventoryOf('one'))
  await knows(home, 'one')
  home.writeFile('next.json', readFileSync(file, 'utf8').replace('one', 'two'))
  renameSync(join(home.folder, 'next.json'), file)
  await knows(home, 'two')
})

badFiles('a cache that cannot be written is no error', async () => {
  const home = new Home(SCRIPT)
  home.writeInventory(inventoryOf('web'))
  const env = { XDG_CACHE_HOME: '/dev/null/nowhere' }
  await refuses(home, ['connect', 'web'], { status: 69, words: ['no route to "web"'], env })
})

badFiles('the cache is for its owner only', async () => {
  const home = new Home(SCRIPT)
  home.writeInventory(inventoryOf('web'))
  const cache = await makeCache(home)
  assert.is(statSync(cache).mode & 0o777, 0o600)
  assert.is(statSync(join(cache, '..')).mode & 0o777, 0o700)
})

for (const [title, tamper] of Object.entries({ ...TAMPERINGS, ...(IS_ROOT ? AS_ROOT : {}) })) {
  for (const artefact of artefactsFor(title)) {
    badFiles(`${artefact.name}: a cache that is ${title} is ignored`, async () => {
      const home = new Home(artefact)
      home.writeInventory(inventoryOf('web'))
      const cache = await makeCache(home)
      tamper(cache)
      await knows(home, 'web')
      await refuses(home, ['connect', 'wbe'], { status: 68, words: ['hint: did you mean web?'] })
      const { stdout, status } = await runByway(home, ['list'])
      assert.is(status, 0)
      assert.match(stdout.toString(), /home .* web\n/)
    })
  }
}

badFiles(
  'a file in the place of a daemon’s folder is told, and no daemon that is silent',
  async () => {
    const home = new Home(SCRIPT)
    const folder = join(home.makeFolder('run/byway'), 'tor')
    writeFileSync(folder, '')
    const words = [`byway: look who holds "${folder}": EEXIST`]
    for (const line of [['list'], ['stop'], ['stop', 'tor']]) {
      await refuses(home, ['daemon', ...line], { status: 69, words })
    }
    home.writeConfig({ daemons: { tor: { binary: 'true' } } })
    home.writeInventory({ networks: { onion: { technology: 'tor', peers: {} } } })
    await refuses(home, ['up', 'onion'], { status: 69, words })
    await refuses(home, ['down', 'onion'], { status: 69, words })
  },
)

badFiles.run()

/** The machine is found: byway fails only in reaching it. */
async function knows(home: Home, machine: string): Promise<void> {
  await refuses(home, ['connect', machine], { status: 69, words: [`no route to "${machine}"`] })
}

/** Has byway compile the inventory; the path of the cache. */
async function makeCache(home: Home): Promise<string> {
  await knows(home, 'web')
  const folder = join(home.folder, 'cache/byway')
  const files = readdirSync(folder)
  assert.is(files.length, 1, `one file in the cache: ${files}`)
  return join(folder, files[0] ?? '')
}

/** The part that tells where the machines' records are (`inventory/compiled.ts`). */
function indexOf(bytes: Buffer): Buffer {
  const start = 30 + bytes.readUInt32LE(18)
  return bytes.subarray(start, start + 4 * bytes.readUInt32LE(22))
}

function rewrite(file: string, change: (bytes: Buffer) => unknown): void {
  const bytes = readFileSync(file)
  change(bytes)
  writeFileSync(file, bytes)
}

/** The script is quicker to try many things with; a few are tried with both. */
function artefactsFor(title: string): readonly Artefact[] {
  return /^(cut off|a link|another)/.test(title) ? ARTEFACTS : [SCRIPT]
}
