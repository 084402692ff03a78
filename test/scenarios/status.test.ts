import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StatusDocument } from '../../src/core/status.ts'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { findFreePort, type Listener, listen } from '../helpers/listen.ts'
import { Terminal } from '../helpers/terminal.ts'

const ESC = '\x1b'
/** Machines of a large clan. */
const MANY = 300

const scenario = suite<{ home: Home; server: Listener }>('byway status')

scenario.before(async (context) => {
  context.home = new Home(EXECUTABLE)
  context.server = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
  const { host, port } = context.server
  const closed = await findFreePort()
  context.home.writeInventory({
    networks: {
      vpn: { technology: 'zerotier', priority: 3000, peers: { web01: { host: '10.88.0.2' } } },
      internet: { priority: 2000, peers: { web01: { host, port: closed }, db01: { host, port } } },
      office: { priority: 1500, peers: { web01: { host, port }, old: { host, port: closed } } },
    },
  })
})

scenario.after(({ server }) => server.stop())

scenario('machines by networks, in a pipe', async ({ home }) => {
  const { stdout, stderr, status } = await runByway(home, ['status'])
  assert.equal([status, stderr], [0, ''])
  const text = stdout.toString()
  assert.not.ok(text.includes(ESC))
  assert.match(text, /^2 of 3 machines answer$/m)
  assert.match(text, /^Machine +vpn +internet +office$/m)
  assert.match(text, /^web01 +absent +refused +● \d+ ms$/m)
  assert.match(text, /^db01 +● \d+ ms$/m)
  assert.match(text, /^old +refused$/m)
  assert.match(text, /^vpn +absent +/m)
  assert.match(text, /^old +office +dial .*: connection refused$/m)
})

scenario('--json has the same for programs', async ({ home }) => {
  const { stdout } = await runByway(home, ['status', '--json', 'web01', 'old'])
  const { machines, networks } = JSON.parse(stdout.toString()) as StatusDocument
  assert.equal(
    networks.map(({ name, state }) => `${name} ${state}`),
    ['vpn absent', 'internet running', 'office running'],
  )
  const [web, old] = machines
  assert.equal([web?.machine, web?.winner], ['web01', 'office'])
  assert.equal(
    web?.routes.map(({ state }) => state),
    ['absent', 'down', 'up'],
  )
  assert.equal([old?.machine, old?.winner], ['old', null])
})

scenario('what does not run here is not dialled, and no daemon is started', async ({ home }) => {
  const other = new Home(EXECUTABLE, { PATH: home.env['PATH'] ?? '' })
  const onion = { host: `${'a'.repeat(56)}.onion` }
  other.writeInventory({
    networks: {
      tor: {
        technology: 'tor',
        socks: `127.0.0.1:${await findFreePort()}`,
        peers: { web01: onion },
      },
    },
  })
  const { stdout } = await runByway(other, ['status', '--json'])
  const { machines } = JSON.parse(stdout.toString()) as StatusDocument
  assert.is(machines[0]?.routes[0]?.ms, null)
  assert.equal(other.liveByways(), [])
})

scenario('many machines at once', async () => {
  const server = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
  const home = new Home(EXECUTABLE)
  const { host, port } = server
  const peers = Object.fromEntries(
    Array.from({ length: MANY }, (_, i) => [`m${i}`, { hosts: [host, '127.0.0.2:1'], port }]),
  )
  home.writeInventory({ networks: { lab: { peers } } })
  const { stdout, stderr } = await runByway(home, ['status'])
  assert.is(stderr, '')
  assert.match(stdout.toString(), new RegExp(`^${MANY} of ${MANY} machines answer$`, 'm'))
  server.stop()
})

for (const columns of [80, 200]) {
  scenario(`in a terminal of ${columns} columns, in colour`, async ({ home }) => {
    const terminal = await Terminal.open({ columns, env: { ...home.env, TERM: 'xterm' } })
    await terminal.type('byway status')
    const screen = await terminal.shows(/^old +office/m)
    assert.match(screen, /^web01 +absent +refused +● \d+ ms$/m)
    assert.ok((await terminal.screen(true)).includes(`${ESC}[32m● `))
    terminal.close()
  })
}

scenario('--html replaces a file as it is, through a link', async ({ home }) => {
  const file = home.writeFile('page.html', 'old')
  symlinkSync(file, join(home.folder, 'link.html'))
  const { status } = await runByway(home, ['status', '--html', join(home.folder, 'link.html')])
  assert.is(status, 0)
  assert.match(readFileSync(file, 'utf8'), /^<!doctype html>[\s\S]*<\/html>\n$/)
})

for (const [name, { args, status, words }] of Object.entries({
  'a page in a folder that is not there': {
    args: ['--html', 'missing/page.html'],
    status: 74,
    words: 'byway: write "missing/page.html": no such folder\n',
  },
  'two forms at once': {
    args: ['--json', '--html', 'page.html'],
    status: 64,
    words: 'byway: --html and --json exclude each other\n',
  },
})) {
  scenario(name, async ({ home }) => {
    const result = await runByway(home, ['status', ...args])
    assert.equal([result.status, result.stderr], [status, words])
  })
}

scenario.run()
