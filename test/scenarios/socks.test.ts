import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ARTEFACTS, EXECUTABLE, Home } from '../helpers/byway.ts'
import { receiveSocket } from '../helpers/fd-receiver.ts'
import { type Listener, listen } from '../helpers/listen.ts'
import type { Address } from '../helpers/peers.ts'
import { Random } from '../helpers/random.ts'
import { type SocksOptions, type SocksServer, startSocks } from '../helpers/socks-server.ts'
import { MACHINE, SNIPPETS, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { readAll } from '../helpers/streams.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing } from '../helpers/ways.ts'

/** Names that nobody can look up but the proxy. */
const NAME = 'web.internal.invalid'
const BANNER = Buffer.from('SSH-2.0-x\r\n')
const USER = { user: 'deploy', password: 'p@ss:w/rd' }
const SHOWN_USER = 'deploy:p%40ss%3Aw%2Frd@'

/** A proxy, and what stands before its address in the inventory. */
interface Proxy extends SocksOptions {
  readonly before?: string
}

/** Ways in which proxies differ that must make no difference. */
const PROXIES: Readonly<Record<string, Proxy>> = {
  'plain address': {},
  'socks5h://': { before: 'socks5h://' },
  'user and password': { credentials: USER, before: `socks5h://${SHOWN_USER}` },
  'reply and first bytes in one segment': { merged: true },
  'the same, and an IPv6 address in the reply': { merged: true, bound: 'ipv6' },
  'the same, and a name in the reply': { merged: true, bound: 'name' },
  'the same, behind user and password': {
    merged: true,
    credentials: USER,
    before: `socks5://${SHOWN_USER}`,
  },
  'one byte at a time': { dribble: true },
  'one byte at a time, behind user and password': {
    dribble: true,
    bound: 'ipv6',
    credentials: USER,
    before: SHOWN_USER,
  },
  'a slow reply': { delay: 300 },
  'a unix socket': { path: 'proxy.sock' },
  'a unix socket, reply and first bytes in one segment': { path: 'proxy.sock', merged: true },
}

const socks = suite<{ sshd: Sshd; peer: Listener; random: Random; answer: Buffer }>('SOCKS5')

socks.before(async (context) => {
  context.sshd = await startSshd()
  context.random = new Random('socks')
  context.answer = Buffer.concat([BANNER, context.random.bytes(300_000)])
  context.peer = await listen((socket) => socket.resume().end(context.answer))
})

socks.after(({ sshd, peer }) => {
  sshd.stop()
  peer.stop()
})

for (const [title, options] of Object.entries(PROXIES)) {
  for (const mode of ['relay', 'fdpass'] as const) {
    socks(`${mode}: ssh through ${title}`, async ({ sshd }) => {
      const home = new Home(EXECUTABLE)
      const proxy = await startProxy(home, options, sshd)
      settle(home, proxy, options)
      const ssh = new SshClient({ home, sshd, include: SNIPPETS[mode] })
      const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'cat'], { input: 'words' })
      assert.is(stdout.toString(), 'words', stderr)
      assert.equal(proxy.asked, [NAME])
      await leavesNothing(home)
      proxy.stop()
    })
  }

  for (const artefact of ARTEFACTS) {
    socks(
      `${artefact.name}, fdpass: not a byte lost through ${title}`,
      async ({ peer, answer }) => {
        const home = new Home(artefact)
        const proxy = await startProxy(home, options, peer)
        settle(home, proxy, options)
        const passed = await receiveSocket(home, ['connect', '--fdpass', MACHINE])
        assert.equal([passed.status, passed.stderr], [0, ''])
        assert.ok((await readAll(passed.socket)).equals(answer), 'all that the peer said')
        passed.socket.destroy()
        proxy.stop()
      },
    )
  }
}

socks.run()

/** The proxy by itself knows where the name is. */
function startProxy(home: Home, options: Proxy, { host, port }: Address): Promise<SocksServer> {
  const path = options.path === undefined ? {} : { path: join(home.folder, options.path) }
  return startSocks({ ...options, ...path, names: { [NAME]: { host, port } } })
}

function settle(home: Home, { address }: SocksServer, { before = '' }: Proxy): void {
  const peers = { [MACHINE]: { host: NAME } }
  const only = { technology: 'socks', socks: `${before}${address}`, peers }
  home.writeInventory({ networks: { only } })
}
