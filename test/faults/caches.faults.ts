import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { inParallel, noteComputer, rounds } from '../helpers/fault-budget.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { BANNER, mustConnect } from '../helpers/must-connect.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE } from '../helpers/ssh-client.ts'

const random = new Random('caches')
const BESIDE = 3

const test = suite<{ peer: Listener; other: Listener }>('caches, notes and inventories')

test.before(async (context) => {
  context.peer = await listen((socket) => socket.resume().end(BANNER))
  context.other = await listen((socket) => socket.resume().end(`${BANNER}other`))
})

test.after(({ peer, other }) => {
  peer.stop()
  other.stop()
})

test('the cache damaged anywhere: it connects, whatever is in the cache folder', async ({
  peer,
}) => {
  const home = settle(peer)
  await mustConnect(home)
  const folder = join(home.folder, 'cache/byway')
  const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.inventory'))
  const sound = readFileSync(join(folder, name))
  const times = rounds(14)
  for (let i = 0; i < times; i++) {
    const bytes = Buffer.from(sound)
    const at = random.below(sound.length)
    if (i % 2 === 0) bytes[at] = random.below(256)
    writeFileSync(join(folder, name), i % 2 === 0 ? bytes : sound.subarray(0, at), { mode: 0o600 })
    const stderr = await mustConnect(home, ['-v'])
    assert.ok(
      (stderr.match(/^byway: (?:the )?cache/gm) ?? []).length <= 1,
      `offset ${at}: ${stderr}`,
    )
  }
  noteComputer('the cache damaged, whole program', times, 'connects, at most one line at -v')
})

test('notes and logs in the state folder damaged: it connects, and explains what is left', async ({
  peer,
}) => {
  const home = settle(peer)
  await mustConnect(home)
  await runByway(home, ['connect', '-n', 'dead', MACHINE])
  const folder = join(home.folder, 'state/byway')
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile())
  assert.ok(files.length > 0)
  const sound = new Map(files.map(({ name }) => [name, readFileSync(join(folder, name))]))
  const times = rounds(6)
  for (let i = 0; i < times; i++) {
    for (const [name, bytes] of sound)
      writeFileSync(join(folder, name), damage(bytes, i), { mode: 0o600 })
    await mustConnect(home)
    for (const args of [
      ['explain', '--last', MACHINE],
      ['explain', '--last', '--json', MACHINE],
    ]) {
      const { status, stderr } = await runByway(home, args)
      assert.ok(status !== 70 && status !== null, `${args}: ${stderr}`)
    }
  }
  noteComputer('notes and logs damaged', times, 'connects, explains what is left')
})

test('two versions at once: each connects, neither minds the cache of the other', async ({
  peer,
}) => {
  const home = settle(peer)
  const newer = new Home(SCRIPT)
  const file = join(newer.folder, 'bin/byway-newer.js')
  const text = readFileSync(SCRIPT.file, 'utf8')
  const changed = text.replaceAll(
    /byway inventory (\d+)/g,
    (_, n) => `byway inventory ${Number(n) + 1}`,
  )
  assert.is.not(changed, text)
  writeFileSync(file, changed)
  const times = rounds(5)
  const versions = [EXECUTABLE.argv, [process.execPath, file]].map((argv) => other(home, argv))
  const words = (stderr: string) => stderr.match(/^byway: (?:cache|history) .*$/gm) ?? []
  // each finds what the other has left
  for (const [i, version] of [...versions, ...versions].entries()) {
    const said = words(await mustConnect(version, ['-v']))
    assert.is(said.length, i === 0 ? 0 : 1, said.join('; '))
    if (i > 0) assert.match(said[0] ?? '', /^byway: cache ".*" ignored: /)
  }
  for (let i = 0; i < times; i++) {
    const all = await Promise.all(versions.map((version) => mustConnect(version, ['-v'])))
    for (const stderr of all) assert.ok(words(stderr).length <= 1, stderr)
  }
  noteComputer('two versions at once on one cache', times, 'both connect, at most one line at -v')
})

test('the inventory replaced while it is read: one of the two, whole', async ({
  peer,
  other: second,
}) => {
  const home = settle(peer)
  const path = join(home.folder, 'config/byway/inventory.json')
  const texts = [peer, second].map(({ port }) => JSON.stringify(inventoryAt(port)))
  let going = true
  const replacing = (async () => {
    for (let i = 0; going; i++) {
      writeFileSync(`${path}.new`, texts[i % 2] ?? '')
      renameSync(`${path}.new`, path)
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 3)))
    }
  })()
  const times = rounds(12)
  await inParallel(
    Array.from({ length: times }, (_, i) => i),
    BESIDE,
    async () => {
      const { status, stdout, stderr } = await runByway(home, ['connect', MACHINE])
      assert.is(status, 0, stderr)
      assert.match(stdout.toString(), /^SSH-2\.0-x\r\n(?:other)?$/)
    },
  )
  going = false
  await replacing
  copyFileSync(home.writeFile('last.json', texts[0] ?? ''), path)
  const last = await runByway(home, ['connect', MACHINE])
  assert.is(last.stdout.toString(), BANNER, 'what stands there last counts')
  noteComputer('inventory replaced while it is read', times, 'the old or the new one')
})

test('the inventory written in place while it is read: an error that names it, or one of the two', async ({
  peer,
}) => {
  const home = settle(peer)
  const path = join(home.folder, 'config/byway/inventory.json')
  const text = JSON.stringify(inventoryAt(peer.port))
  let going = true
  const writing = (async () => {
    while (going) {
      writeFileSync(path, text.slice(0, random.below(text.length)))
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 2)))
      writeFileSync(path, text)
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 4)))
    }
  })()
  const times = rounds(12)
  const counts = new Map<number | null, number>()
  await inParallel(
    Array.from({ length: times }, (_, i) => i),
    BESIDE,
    async () => {
      const { status, stdout, stderr } = await runByway(home, ['connect', MACHINE])
      counts.set(status, (counts.get(status) ?? 0) + 1)
      assert.is(stdout.toString(), status === 0 ? BANNER : '', stderr)
      if (status !== 0) assert.is(status, 65, stderr)
      if (status !== 0) assert.match(stderr, /^byway: \S+inventory\.json: /)
    },
  )
  going = false
  await writing
  console.log('by status:', ...counts)
  await mustConnect(home)
  noteComputer(
    'inventory written in place while it is read',
    times,
    'connects, or exit 65 with the place',
  )
})

test.run()

function inventoryAt(port: number) {
  const peers = (at: number) => ({ peers: { [MACHINE]: { host: '127.0.0.1', port: at } } })
  return { networks: { dead: { priority: 2, ...peers(1) }, good: { priority: 1, ...peers(port) } } }
}

function settle({ port }: Listener): Home {
  const home = new Home(EXECUTABLE)
  home.writeInventory(inventoryAt(port))
  return home
}

/** The same home, where byway is another program. */
function other(home: Home, argv: readonly string[]): Home {
  return Object.assign(Object.create(home), { artefact: { ...home.artefact, argv } })
}

/** Cut, changed in some bytes, or replaced by JSON that is of another shape. */
function damage(bytes: Buffer, round: number): Buffer {
  if (round % 4 === 0) return bytes.subarray(0, random.below(bytes.length))
  if (round % 4 === 1) return random.bytes(500)
  if (round % 4 === 2) return Buffer.from(random.pick(SHAPES).concat('\n').repeat(3))
  const changed = Buffer.from(bytes)
  for (let i = 0; i < 5; i++) changed[random.below(bytes.length)] = random.below(256)
  return changed
}

const SHAPES = [
  'null',
  '[]',
  '{"id":"1","routes":[null]}',
  '{"id":"1","asked":"my_cool_machine","machine":"my_cool_machine","routes":[{}]}',
  '{"id":"1","asked":"my_cool_machine","machine":"my_cool_machine","time":"x","routes":[{"steps":1}]}',
  '{"id":"1","asked":1,"machine":[],"startedBy":1,"routes":[{"network":1,"steps":[null]}]}',
] as const
