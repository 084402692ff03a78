import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { inParallel, noteComputer, rounds } from '../helpers/fault-budget.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { startSilent } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { MACHINE } from '../helpers/ssh-client.ts'

const random = new Random('clocks')
const BANNER = 'SSH-2.0-x\r\n'
/** Where Debian's package faketime has its library. */
const LIBRARY = findLibrary()
const JUMPS = ['+3600', '-3600', '+86400000', '-86400000', '+0'] as const

/** Where its time stands, and what makes byway go by it. */
interface Clock {
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

const test = suite<{ peer: Listener; silent: Listener }>('a clock that jumps')

test.before(async (context) => {
  context.peer = await listen((socket) => socket.resume().end(BANNER))
  context.silent = await startSilent()
})

test.after(({ peer, silent }) => {
  peer.stop()
  silent.stop()
})

test('by hours and by years, either way: the next route comes in its turn, limits hold', async (context) => {
  const times = rounds(6)
  await inParallel(
    Array.from({ length: times }, (_, i) => i),
    3,
    async () => {
      const home = settle(context)
      const file = join(home.folder, 'clock')
      setClock(file, '+0')
      const env = {
        LD_PRELOAD: LIBRARY,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        // what is faked is the date, as when a clock is set: the monotonic clock is the kernel's
        DONT_FAKE_MONOTONIC: '1',
      }
      const connects = startByway(home, ['connect', MACHINE], { env, input: '' })
      const fails = startByway(home, ['connect', '--timeout', '1', '-n', 'silent', MACHINE], {
        env,
        input: '',
      })
      let jumps = 0
      const jumping = setInterval(() => {
        setClock(file, random.pick(JUMPS))
        jumps += 1
      }, 20)
      const [connected, failed] = await Promise.all([connects.result, fails.result])
      clearInterval(jumping)
      assert.is(connected.status, 0, connected.stderr)
      assert.is(connected.stdout.toString(), BANNER)
      assert.is(failed.status, 69, failed.stderr)
      const ms = Number(/ (\d+) ms$/m.exec(failed.stderr)?.[1])
      assert.ok(ms >= 1000 && ms < 20_000, failed.stderr)
      assert.ok(jumps > 1, `${jumps} jumps`)
      await requireJump(home, { file, env })
    },
  )
  noteComputer(
    'the clock set by hours and years, many times a login',
    times,
    'order and limits hold',
  )
})

test.run()

/** Byway's own clock follows the file: what it logs is of then. */
async function requireJump(home: Home, { file, env }: Clock): Promise<void> {
  const log = join(home.folder, 'state/byway/log')
  for (const days of [1000, -1000]) {
    rmSync(log, { force: true })
    setClock(file, `${days < 0 ? '' : '+'}${days * 86_400}`)
    await runByway(home, ['connect', '--timeout', '0.1', '-n', 'silent', MACHINE], { env })
    const logged = readFileSync(log, 'utf8')
    const jump = (Date.parse(logged.slice(0, logged.indexOf(' '))) - Date.now()) / 86_400_000
    assert.ok(Math.abs(jump - days) < 1, `a jump of ${jump} days, not of ${days}: ${logged}`)
  }
}

function settle({ peer, silent }: { peer: Listener; silent: Listener }): Home {
  const home = new Home(EXECUTABLE)
  const at = ({ port }: Listener) => ({ peers: { [MACHINE]: { host: '127.0.0.1', port } } })
  home.writeInventory({
    networks: { silent: { priority: 2, ...at(silent) }, good: { priority: 1, ...at(peer) } },
  })
  return home
}

function setClock(file: string, offset: string): void {
  writeFileSync(`${file}.new`, `${offset}\n`)
  renameSync(`${file}.new`, file)
}

function findLibrary(): string {
  const folders = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime`)
  const found = folders
    .map((folder) => join(folder, 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path))
  if (found === undefined) throw new Error('no libfaketimeMT.so.1: install faketime')
  return found
}
