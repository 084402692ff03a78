import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { History } from '../../src/history.ts'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { noteComputer, rounds } from '../helpers/fault-budget.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { BANNER, mustConnect } from '../helpers/must-connect.ts'
import { REFUSING } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'

const RULES = { stagger: 250, grace: 150 }

const random = new Random('history')
const test = suite<{ peer: Listener; home: Home; sound: Buffer }>('the history')

test.before(async (context) => {
  context.peer = await listen((socket) => socket.resume().end(BANNER))
  context.home = new Home(EXECUTABLE)
  const { host, port } = context.peer
  const live = { priority: 1, peers: { [MACHINE]: { host, port } } }
  const dead = { priority: 2, peers: { [MACHINE]: REFUSING } }
  context.home.writeInventory({ networks: { dead, live } })
  await mustConnect(context.home)
  context.sound = readFileSync(fileOf(context.home))
  assert.ok(context.sound.length > 0)
})

test.after(({ peer }) => peer.stop())

test('cut at every byte, and every byte changed: ignored with one line at -v, or read', ({
  home,
  sound,
}) => {
  const damages = Array.from(sound, (byte, at) => {
    const changed = Buffer.from(sound)
    changed[at] = byte ^ (1 + random.below(255))
    return [sound.subarray(0, at), changed]
  }).flat()
  const routes = ['dead', 'live'].map((name) => {
    return { ...fakeRoute(fakeNetwork(name), { at: { plain: '192.0.2.1' } }), machine: MACHINE }
  })
  const read = (bytes: Uint8Array) => {
    write(home, bytes)
    const told: string[] = []
    const tell = (level: number, line: string) => void told.push(`${level} ${line}`)
    const { doubts } = new History(routes, { env: home.env, tell, rules: RULES })
    return { doubts, told }
  }
  const whole = read(sound)
  assert.equal([...whole.doubts.keys()], ['dead'])
  assert.equal(whole.told, [])
  for (const damaged of damages) {
    const { doubts, told } = read(damaged)
    const shown = damaged.toString('latin1')
    // a damage can make a network of none, or another's age, but no other network
    for (const [name, age] of doubts) {
      assert.is(name, 'dead', shown)
      assert.ok(age >= 0 && Number.isFinite(age), `${age}: ${shown}`)
    }
    assert.ok(told.length <= 1 && told.every((line) => line.startsWith('1 ')), told.join('; '))
    assert.ok(told.length === 1 || isJson(damaged), `not a word of ${shown}`)
    assert.ok(told.length === 0 || doubts.size === 0, `ignored, and used: ${shown}`)
  }
  const what = 'the history cut at every byte, and every byte changed'
  noteComputer(what, damages.length, 'ignored with one line at -v, or read')
})

test('the same with the whole program: it connects, and keeps a sound one', async ({
  home,
  sound,
}) => {
  const times = rounds(12)
  for (let i = 0; i < times; i++) {
    const changed = Buffer.from(sound)
    changed[random.below(sound.length)] = random.below(256)
    write(home, i % 2 === 0 ? changed : sound.subarray(0, random.below(sound.length)))
    const stderr = await mustConnect(home, ['-v'])
    assert.ok((stderr.match(/^byway: history/gm) ?? []).length <= 1, stderr)
    assert.ok(Array.isArray(JSON.parse(readFileSync(fileOf(home), 'utf8'))))
  }
  noteComputer('the history damaged, whole program', times, 'connects, and keeps a sound one')
})

test.run()

function fileOf({ folder }: Home): string {
  return join(folder, 'cache/byway/history')
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}

function write(home: Home, bytes: Uint8Array): void {
  writeFileSync(fileOf(home), bytes, { mode: 0o600 })
}
