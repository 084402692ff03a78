import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { startDynamicForward } from '../helpers/dynamic-forward.ts'
import { assertRefused } from '../helpers/refusal.ts'
import { SshClient } from '../helpers/ssh-client.ts'
import { startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'

const importing = suite('byway import')

const CONFIG = `
Include more/*.conf
# hosts of mine
Host web01 web01.alias
  HostName web01.example.net
  Port 2222
  User deploy
Host inner
  ProxyJump admin@gate:2200,web01
Host=office
  HostName 10.1.2.3
  ProxyCommand nc -X 5 -x 127.0.0.1:1080 %h %p
Host onion
  HostName vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion
  ProxyCommand nc -x localhost:9050 -X 5 %h %p
Host odd
  ProxyCommand cloudflared access ssh --hostname %h --token s3cr3t
Host *.internal !gate
  User somebody
Host -flag
Match originalhost web01
  ForwardAgent yes
Host *
  ServerAliveInterval 5
`

const TAILNET = JSON.stringify({
  Self: { DNSName: 'laptop.t.ts.net.', OS: 'linux', TailscaleIPs: ['100.64.0.1'] },
  Peer: { k: { DNSName: 'web01.t.ts.net.', OS: 'linux', TailscaleIPs: ['100.64.0.2'] } },
})

function settle(): Home {
  const home = new Home(SCRIPT)
  mkdirSync(join(home.folder, '.ssh/more'), { recursive: true, mode: 0o700 })
  home.writeFile('.ssh/config', CONFIG.replace('more/', `${home.folder}/.ssh/more/`))
  home.writeFile('.ssh/more/b.conf', 'Host extra\r\n  Port 2022\r\n')
  return home
}

importing('hosts of ssh become machines, and what does not is named', async () => {
  const home = settle()
  const { stdout, stderr, status } = await runByway(home, ['import', '.ssh/config'])
  assert.is(status, 0, stderr)
  const { networks } = JSON.parse(stdout.toString())
  const web = { host: 'web01.example.net', port: 2222, user: 'deploy' }
  assert.equal(networks, {
    internet: {
      peers: { extra: { host: 'extra', port: 2022 }, web01: web, 'web01.alias': web },
    },
    'via-admin-gate-2200-web01': {
      jump: 'admin@gate:2200,web01',
      peers: { inner: { host: 'inner' } },
    },
    'socks-127.0.0.1-1080': {
      technology: 'socks',
      socks: '127.0.0.1:1080',
      peers: { office: { host: '10.1.2.3' } },
    },
    tor: {
      technology: 'tor',
      socks: 'localhost:9050',
      peers: {
        onion: { host: 'vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion' },
      },
    },
  })
  for (const line of [
    /left out Host \*\.internal, Host !gate: a pattern names no machine/,
    /left out Match originalhost web01: a condition names no machine/,
    /left out odd: its ProxyCommand is not understood/,
    /left out -flag: /,
    /left out .*forwardagent of web01.*: left in .*config, which ssh goes on reading/,
    /serveraliveinterval of extra/,
  ]) {
    assert.match(stderr, line)
  }
  assert.not.match(stderr, 's3cr3t')
  home.writeInventory(JSON.parse(stdout.toString()))
  const listed = await runByway(home, ['list'])
  assert.is(listed.status, 0, listed.stderr)
})

importing('a tailnet beside it: a machine is in both networks', async () => {
  const home = settle()
  const tailscale = home.writeFile('bin/tailscale', `#!/bin/sh\necho '${TAILNET}'\n`)
  chmodSync(tailscale, 0o700)
  const both = await runByway(home, ['import'])
  const { networks } = JSON.parse(both.stdout.toString())
  assert.equal(Object.keys(networks.tailscale.peers), ['laptop', 'web01'])
  assert.ok(networks.internet.peers.web01)
  const piped = await runByway(home, ['import', '-'], { input: TAILNET })
  assert.equal(JSON.parse(piped.stdout.toString()), { networks: { tailscale: networks.tailscale } })
})

const ALIKE = `
Host a1
  ProxyJump me@gate
Host a2 a3
  ProxyJump me-gate
Host b1
  ProxyJump me@gate
Host c1
  ProxyJump me-gate-2
Host d1
  ProxyCommand nc -x me@proxy:1080 %h %p
Host d2
  ProxyCommand nc -x me-proxy:1080 %h %p
`

importing('networks that would have one name have one each', async () => {
  const home = new Home(SCRIPT)
  home.writeFile('alike', ALIKE)
  const { stdout, stderr } = await runByway(home, ['import', 'alike'])
  const networks: [string, { jump?: string; socks?: string; peers: object }][] = Object.entries(
    JSON.parse(stdout.toString()).networks,
  )
  const said = networks.map(([name, { jump, socks, peers }]) => {
    return [name, jump ?? socks, ...Object.keys(peers)].join(' ')
  })
  assert.equal(said, [
    'via-me-gate me@gate a1 b1',
    'via-me-gate-2 me-gate a2 a3',
    'via-me-gate-2-2 me-gate-2 c1',
    'socks-me-proxy-1080 me@proxy:1080 d1',
    'socks-me-proxy-1080-2 me-proxy:1080 d2',
  ])
  assert.is(stderr, '')
})

importing('nothing to import', async () => {
  const home = new Home(SCRIPT)
  const status = (word: string, ...args: string[]) => runByway(home, ['import', word, ...args])
  assertRefused(await status('nowhere'), { status: 66, words: ['read "nowhere"'] })
  home.writeFile('empty', 'Host *\n')
  assertRefused(await status('empty'), { status: 65, words: ['found no machine'] })
  home.writeFile('other.json', '{"networks": {}}')
  assertRefused(await status('other.json'), { status: 65, words: ['tailscale status --json'] })
})

importing('from an ssh configuration with a proxy to a login through byway', async () => {
  const sshd = await startSshd()
  const proxy = await startDynamicForward(sshd)
  const home = new Home(SCRIPT)
  const lines = ['Host web', '  HostName localhost', `  Port ${sshd.port}`, `  User ${sshd.user}`]
  home.writeFile('old', [...lines, `  ProxyCommand nc -x ${proxy.address} %h %p`].join('\n'))
  const { stdout } = await runByway(home, ['import', 'old'])
  home.writeInventory(JSON.parse(stdout.toString()))
  const include = home.writeFile('byway.conf', (await runByway(home, ['ssh-config'])).stdout)
  const ssh = new SshClient({ home, sshd, include, names: ['web'] })
  const login = await ssh.run('ssh', ['web', 'echo in'])
  assert.is(login.stdout.toString(), 'in\n', login.stderr)
  proxy.stop()
  sshd.stop()
})

importing.run()
