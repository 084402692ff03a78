import { chmodSync } from 'node:fs'
import stringWidth from 'string-width'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { explain } from '../helpers/explained.ts'
import { installProgram } from '../helpers/gateway.ts'
import { findFreePort, type Listener, listen } from '../helpers/listen.ts'
import { suite } from '../helpers/suite.ts'
import { Terminal } from '../helpers/terminal.ts'

const ESC = '\x1b'

interface Stage {
  home: Home
  servers: Listener[]
}

const scenario = suite<Stage>('byway explain')

scenario.before(async (stage) => {
  stage.home = new Home(EXECUTABLE)
  const silent = await listen(() => {})
  const speaking = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
  stage.servers = [silent, speaking]
  const at = ({ host, port }: { host: string; port: number }) => ({ web01: { host, port } })
  stage.home.writeInventory({
    networks: {
      vpn: { priority: 3000, peers: at({ host: '127.0.0.1', port: await findFreePort() }) },
      internet: { priority: 2000, peers: at(silent) },
      office: { priority: 1500, peers: at(speaking) },
    },
  })
})

scenario.after(({ servers }) => {
  for (const server of servers) server.stop()
})

for (const columns of [80, 200]) {
  scenario(`a terminal of ${columns} columns: chart, reasons and ssh fit`, async ({ home }) => {
    const terminal = await Terminal.open({ columns, rows: 40, env: { ...home.env, TERM: 'xterm' } })
    await terminal.type('byway explain web01')
    const screen = await terminal.shows(/^hint: byway ssh-config --install/m)
    assert.match(screen, /^web01: by office, answered after \d+ ms(?:, won after \d+ ms)?$/m)
    assert.match(screen, /^vpn +├?[┈─]*× +failed, \d+ ms$/m)
    assert.match(screen, /^internet +├[┈─━]+○ +given up, \d+ ms$/m)
    assert.match(screen, /^office +├?[┈─━═]*● +won, \d+ ms$/m)
    assert.match(screen, /connection refused/)
    assert.match(screen, /^ssh web01: as .*: byway is not asked$/m)
    const office = screen.split('\n').find((line) => line.startsWith('office')) ?? ''
    assert.ok(stringWidth(office) > columns - 12, office)
    assert.ok((await terminal.screen(true)).includes(`${ESC}[32m`))
    terminal.close()
  })
}

scenario('the port that ssh would ask for is the one that is tried', async () => {
  const home = new Home(EXECUTABLE)
  const silent = await listen(() => {})
  const { host, port } = silent
  home.writeInventory({ networks: { a: { peers: { web01: { host } } } } })
  installProgram(home, 'ssh', `printf 'hostname x\\nport ${port}\\nproxycommand byway connect\\n'`)
  const { routes } = await explain(home, ['web01', '--timeout', '0.5'])
  assert.is(routes[0]?.port, port)
  assert.is(silent.connections, 1)
  silent.stop()
})

for (const [name, more] of Object.entries({
  'a dumb terminal': { TERM: 'dumb' },
  NO_COLOR: { TERM: 'xterm', NO_COLOR: '1' },
})) {
  scenario(`${name}: no escape sequence`, async ({ home }) => {
    const terminal = await Terminal.open({ columns: 80, rows: 40, env: { ...home.env, ...more } })
    await terminal.type('byway explain web01')
    await terminal.shows(/^hint: byway ssh-config --install/m)
    assert.not.ok((await terminal.screen(true)).includes(ESC))
    terminal.close()
  })
}

scenario('a pipe gets no escape sequence, and reasons in one line', async ({ home }) => {
  const { stdout, status } = await runByway(home, ['explain', 'web01'])
  const text = stdout.toString()
  assert.not.ok(text.includes(ESC))
  assert.match(
    text,
    /^internet +2000 .* accepted the connection and said nothing, given up: another won$/m,
  )
  assert.is(status, 0)
})

scenario('a locale without UTF-8 gets ASCII', async ({ home }) => {
  const { stdout } = await runByway(home, ['explain', 'web01'], { env: { LC_ALL: 'C' } })
  assert.match(stdout.toString(), /^[\x20-\x7e\n]*$/)
})

scenario('says when ssh goes through byway', async ({ home }) => {
  const { stdout: config } = await runByway(home, ['ssh-config'])
  const ssh = home.writeFile(
    'bin/ssh',
    `#!/bin/sh\nexec /usr/bin/ssh -F ${home.folder}/conf "$@"\n`,
  )
  home.writeFile('conf', config)
  chmodSync(ssh, 0o755)
  const { stdout } = await runByway(home, ['explain', '--json', 'web01'])
  const found = JSON.parse(stdout.toString()).ssh
  assert.match(found.proxycommand, /byway" connect web01 22$|byway" connect %n %p$/)
  assert.is(found.byway, true)
  const text = (await runByway(home, ['explain', 'web01'])).stdout.toString()
  assert.match(text, /^ssh web01: as .*, through byway$/m)
})

scenario('does without ssh', async ({ home }) => {
  const env = { PATH: `${home.folder}/config` }
  const { stdout, status } = await runByway(home, ['explain', '--json', 'web01'], { env })
  assert.is(JSON.parse(stdout.toString()).ssh, null)
  assert.is(status, 0)
})

scenario('--json: its times have no more than three decimals', async ({ home }) => {
  const { routes } = await explain(home, ['web01'])
  for (const { startedAt, upAt, endedAt } of routes) {
    for (const time of [startedAt, upAt, endedAt]) {
      assert.match(String(time), /^(null|\d+(\.\d{1,3})?)$/)
    }
  }
})

scenario.run()
