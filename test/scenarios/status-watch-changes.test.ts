import { readFileSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, startByway } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import { killTree, openFiles } from '../helpers/proc.ts'
import { isAsBefore, openWatch } from '../helpers/watch-terminal.ts'

const scenario = suite<{ server: Listener }>('byway status --watch: sources that change')

scenario.before(async (context) => {
  context.server = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
})

scenario.after(({ server }) => server.stop())

scenario('what changes in the inventory is seen, and the old one not used', async ({ server }) => {
  const home = new Home(EXECUTABLE)
  const { host, port } = server
  const office = { technology: 'socks', socks: `socks5h://me:password@${host}:${port}` }
  const write = (name: string) =>
    home.writeInventory({
      networks: {
        internet: { peers: { [name]: { host, port } } },
        office: { ...office, peers: { [name]: { host: 'inside' } } },
      },
    })
  write('before')
  const running = startByway(home, ['status', '--watch'], { input: '' })
  await running.says('before')
  write('moved-by-this')
  await running.says('moved-by-this')
  assert.not.match(running.heard(), /has changed meanwhile/)
  const kept = openFiles(running.pid).filter((path) => path.includes('.inventory'))
  assert.equal(kept, [], 'what was replaced is closed')
  running.kill()
})

scenario('in place: half an inventory is told, and the last whole one kept', async ({ server }) => {
  const { home, path, whole } = makeSmall(server, 'before')
  const terminal = await openWatch(home, { columns: 80 })
  await terminal.shows(/^before +● \d+ ms/m)
  writeFileSync(path, whole.slice(0, whole.length / 2))
  const screen = await terminal.shows(/^byway: .*\n.*q quit/m)
  assert.match(screen, `byway: ${path}: `.slice(0, 80))
  assert.match(screen, /^before +● \d+ ms/m)
  writeFileSync(path, whole.replaceAll('before', 'afterwards'))
  await terminal.shows(/^afterwards +● \d+ ms[\s\S]*\n\n.*q quit/m)
  await terminal.press('q')
  await isAsBefore(terminal)
  terminal.close()
})

scenario(
  'in a pipe: half an inventory is told, and the last whole one kept',
  async ({ server }) => {
    const { home, path, whole } = makeSmall(server, 'before')
    const running = startByway(home, ['status', '--watch', 'before'], { input: '' })
    await running.says('before')
    writeFileSync(path, whole.slice(0, whole.length / 2))
    await running.says(`byway: ${path}: `)
    assert.match(running.heard(), /^before +● \d+ ms\n\nbyway: .*found/m)
    writeFileSync(path, whole.replaceAll('before', 'afterwards'))
    await running.says('byway: no machine "before" in the inventory')
    running.kill()
  },
)

scenario('in place: no word is written over it, and q waits for no flake', async ({ server }) => {
  const { home, path, whole } = makeSmall(server, 'before')
  installProgram(home, 'clan', 'exit 1')
  installProgram(home, 'nix', 'exec sleep 300')
  const terminal = await openWatch(home, { columns: 80, words: '-vv' })
  await terminal.shows(/^before +● \d+ ms/m)
  writeFileSync(path, whole.replaceAll('before', 'afterwards'))
  const changed = await terminal.shows(/^afterwards +● \d+ ms/m)
  assert.match(changed, /^1 of 1 machine answers .*\nMachine .*\nafterwards .*\n{21}.*q quit/)
  home.writeConfig({ flake: 'git+https://git.example/clan' })
  const screen = await terminal.shows(/^byway: evaluating flake "git.*\(\d+ s\)\n.*q quit/m)
  assert.match(screen, /^afterwards +● \d+ ms/m)
  assert.is(screen.match(/evaluating/g)?.length, 1)
  await terminal.press('q')
  await isAsBefore(terminal)
  terminal.close()
  // what evaluates outlives byway
  for (const { pid } of home.live()) killTree(pid)
})

scenario.run()

/** A home with one machine; its inventory's path and text. */
function makeSmall({ host, port }: Listener, machine: string) {
  const home = new Home(EXECUTABLE)
  const path = home.writeInventory({
    networks: { internet: { peers: { [machine]: { host, port } } } },
  })
  return { home, path, whole: readFileSync(path, 'utf8') }
}
