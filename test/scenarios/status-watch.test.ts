import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, SCRIPT, startByway } from '../helpers/byway.ts'
import { findFreePort, type Listener, listen } from '../helpers/listen.ts'
import { isAsBefore, openWatch } from '../helpers/watch-terminal.ts'

/** Machines of a large clan. */
const MANY = 1000
/** Machines where their number is not the point: more than fit. */
const FEW = 30
const ESC = '\x1b'

const scenario = suite<{ large: Home; home: Home; server: Listener }>('byway status --watch')

scenario.before(async (context) => {
  context.server = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
  const closed = await findFreePort()
  context.large = makeHome(MANY, context.server, closed)
  context.home = makeHome(FEW, context.server, closed)
})

scenario.after(({ server }) => server.stop())

for (const columns of [80, 200]) {
  scenario(
    `${columns} columns: filled while it looks, scrolled, filtered, and left by q`,
    async ({ large }) => {
      const terminal = await openWatch(large, { columns })
      await terminal.shows(/^m0000 +● \d+ ms .*refused/m)
      await terminal.shows(/^999 of 1000 machines answer/m)
      assert.is(await terminal.ask('#{alternate_on} #{cursor_flag}'), '1 0')
      await terminal.press('NPage')
      await terminal.shows(/^m0021 [\s\S]*22-42 of 1000$/m)
      await terminal.press('Down', 'Down', 'Up')
      await terminal.shows(/23-43 of 1000$/m)
      await terminal.press('End')
      await terminal.shows(/^m0999 +refused[\s\S]*980-1000 of 1000$/m)
      await terminal.press('/', '0', '4', '2')
      const found = await terminal.shows(/^\/042 .*1-11 of 11$/m)
      assert.match(found, /^m0042 [\s\S]*^m0420 /m)
      await terminal.press('Escape')
      const screen = await terminal.shows(/1-21 of 1000$/m)
      assert.ok(screen.split('\n').every((line) => stringWidth(line) <= columns))
      await terminal.press('q')
      await isAsBefore(terminal)
      terminal.close()
    },
  )
}

scenario('another size: drawn anew', async ({ home }) => {
  const terminal = await openWatch(home, { columns: 80 })
  await terminal.shows(/1-21 of 30$/m)
  await terminal.resize(60, 10)
  const small = await terminal.shows(/1-7 of 30$/m)
  assert.ok(small.split('\n').every((line) => stringWidth(line) <= 60))
  await terminal.resize(120, 40)
  await terminal.shows(/1-30 of 30$/m)
  terminal.close()
})

for (const [name, end] of Object.entries<{
  keys?: string
  signal?: NodeJS.Signals
  status: number
}>({
  'Ctrl-C': { keys: 'C-c', status: 130 },
  SIGTERM: { signal: 'SIGTERM', status: 143 },
  SIGINT: { signal: 'SIGINT', status: 130 },
})) {
  scenario(`${name}: the terminal is as it was before`, async ({ home }) => {
    const terminal = await openWatch(home, { columns: 80 })
    await terminal.shows(/1-21 of 30$/m)
    if (end.keys !== undefined) await terminal.press(end.keys)
    const [byway] = home.liveByways()
    if (end.signal !== undefined) process.kill(byway?.pid ?? 0, end.signal)
    await isAsBefore(terminal)
    await terminal.type('echo "status $?"')
    await terminal.shows(new RegExp(`^status ${end.status}$`, 'm'))
    terminal.close()
  })
}

scenario('Ctrl-Z stops it, fg brings it back', async ({ home }) => {
  const terminal = await openWatch(home, { columns: 80 })
  await terminal.shows(/1-21 of 30$/m)
  await terminal.press('C-z')
  await isAsBefore(terminal)
  await terminal.type('fg')
  await terminal.shows(/1-21 of 30$/m)
  await terminal.press('G')
  await terminal.shows(/10-30 of 30$/m)
  await terminal.press('q')
  await isAsBefore(terminal)
  terminal.close()
})

scenario('a crash: the terminal is as it was before, and shows why', async ({ home }) => {
  const bomb = home.writeFile(
    'bomb.cjs',
    "process.on('SIGUSR2', () => { throw new Error('boom') })",
  )
  const env = { NODE_OPTIONS: `--require ${bomb}` }
  const terminal = await openWatch(home, { columns: 80, env, command: SCRIPT.argv.join(' ') })
  await terminal.shows(/1-21 of 30$/m)
  for (const { pid } of home.liveByways()) process.kill(pid, 'SIGUSR2')
  await terminal.shows(/boom/)
  await isAsBefore(terminal)
  terminal.close()
})

scenario('without colour, and in ASCII', async ({ home }) => {
  const env = { NO_COLOR: '1', LC_ALL: 'C' }
  const terminal = await openWatch(home, { columns: 80, env })
  await terminal.shows(/^m0000 +\* \d+ ms/m)
  const screen = await terminal.screen(true)
  assert.match(screen.replaceAll(ESC, ''), /^[\x20-\x7e\n]*$/)
  assert.not.ok(screen.includes(`${ESC}[3`))
  terminal.close()
})

scenario('a dumb terminal gets one table after the other', async ({ home }) => {
  const terminal = await openWatch(home, { columns: 80, env: { TERM: 'dumb' }, words: 'm0001' })
  await terminal.shows(/1 of 1 machine answers[\s\S]*^m0001 [\s\S]*1 of 1 machine answers/m)
  assert.is(await terminal.ask('#{alternate_on}'), '0')
  await terminal.press('C-c')
  await terminal.shows(/^\$ $|\^C/m)
  terminal.close()
})

scenario('a pipe as well, until nobody reads it', async ({ home }) => {
  const running = startByway(home, ['status', '--watch', 'm0001'], { input: '' })
  await running.says('1 of 1 machine answers')
  running.child.stdout.destroy()
  assert.is((await running.result).status, 0)
  assert.not.ok(running.heard().includes(ESC))
})

scenario.run()

/** A home with machines in two networks; the last one does not answer. */
function makeHome(count: number, { host, port }: Listener, closed: number): Home {
  const home = new Home(EXECUTABLE)
  const names = Array.from({ length: count }, (_, i) => `m${String(i).padStart(4, '0')}`)
  const last = names.at(-1)
  const internet = names.map((name) => [name, { host, port: name === last ? closed : port }])
  const office = names.slice(0, 20).map((name) => [name, { host, port: closed }])
  home.writeInventory({
    networks: {
      internet: { priority: 2000, peers: Object.fromEntries(internet) },
      office: { priority: 1500, peers: Object.fromEntries(office) },
    },
  })
  return home
}
