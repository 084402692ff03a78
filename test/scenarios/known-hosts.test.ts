import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Artefact, EXECUTABLE, Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { installSsh } from '../helpers/gateway.ts'
import {
  makeCertified,
  makeKeyPair,
  publicLineOf,
  putAuthority,
  putHostKey,
} from '../helpers/host-identity.ts'
import { MACHINE, SshClient } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { leavesNothing, Stage, WAYS, type Way } from '../helpers/ways.ts'

const DOMAIN = 'clan.example'
/** The user's own list, empty: what ssh knows it knows from byway. */
const STRANGER = ['UserKnownHostsFile /dev/null']

interface Context {
  stage: Stage
  authority: string
  certified: Sshd
  otherKey: string
}

const identity = suite<Context>('host keys of the clan')

identity.before(async (context) => {
  context.stage = await Stage.open()
  context.authority = await makeKeyPair()
  const { config } = await makeCertified(context.authority, [`${MACHINE}.${DOMAIN}`])
  context.certified = await startSshd({ config })
  context.otherKey = publicLineOf(await makeKeyPair())
})

identity.after(({ stage, certified }) => {
  certified.stop()
  stage.close()
})

for (const { artefact, network, mode, name } of WAYS.filter(isOneOfEach)) {
  identity(`${name}: the first login asks nothing, a wrong key is refused`, async (context) => {
    const { stage, otherKey } = context
    const { home, clan } = settle(artefact, stage.inventory(network))
    putHostKey(clan, MACHINE, `${stage.sshd.hostKeyLine} comment`)
    const ssh = await configure(home, stage.sshd, {
      flags: mode === 'fdpass' ? ['--fdpass'] : [],
    })
    const { stdout, stderr, status } = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.equal([stdout.toString(), stderr, status], ['in\n', '', 0])
    putHostKey(clan, MACHINE, otherKey)
    const refused = await ssh.run('ssh', [MACHINE, 'echo in'])
    assert.is(refused.status, 255)
    assert.match(refused.stderr, 'Host key verification failed')
    await leavesNothing(home)
  })
}

identity('byway ssh knows the key, too', async ({ stage, otherKey }) => {
  const { home, clan } = settle(EXECUTABLE, stage.inventory('direct'))
  const { config } = new SshClient({
    home,
    sshd: stage.sshd,
    include: home.writeFile('empty.conf', ''),
    lines: STRANGER,
  })
  const login = ['ssh', MACHINE, '--', '-F', config, 'echo in']
  putHostKey(clan, MACHINE, stage.sshd.hostKeyLine)
  const { stdout, stderr } = await runByway(home, login)
  assert.equal([stdout.toString(), stderr], ['in\n', ''])
  putHostKey(clan, MACHINE, otherKey)
  assert.is((await runByway(home, login)).status, 255)
})

identity('a jump host that is a machine is known by the clan, too', async (context) => {
  const { stage, otherKey } = context
  const { port, hostKeyLine, user } = stage.sshd
  const gate = { host: '127.0.0.1', port, user }
  const { home, clan } = settle(EXECUTABLE, {
    networks: {
      behind: { jump: 'gate', peers: { [MACHINE]: { host: '127.0.0.1', port } } },
      lan: { peers: { gate } },
    },
  })
  installSsh(home, stage.sshd, { names: [] })
  putHostKey(clan, 'gate', hostKeyLine)
  putHostKey(clan, MACHINE, hostKeyLine)
  const ssh = await configure(home, stage.sshd)
  const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
  assert.is(stdout.toString(), 'in\n', stderr)
  putHostKey(clan, 'gate', otherKey)
  const refused = await ssh.run('ssh', [MACHINE, 'true'])
  assert.is(refused.status, 255)
  assert.match(refused.stderr, 'Host key verification failed')
})

identity('byway may be anywhere: blanks, quotes and signs in its path', async ({ stage }) => {
  const { home, clan } = settle(EXECUTABLE, stage.inventory('direct'))
  const odd = home.makeFolder(`it's "100%" \\ $HOME`)
  symlinkSync(home.artefact.file, join(odd, 'byway'))
  putHostKey(clan, MACHINE, stage.sshd.hostKeyLine)
  const env = { PATH: `${odd}:${home.env['PATH']}` }
  const ssh = await configure(home, stage.sshd, { env })
  const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
  assert.equal([stdout.toString(), stderr], ['in\n', ''])
  const script = new Home(SCRIPT)
  const file = join(script.makeFolder('50% "off"'), 'inventory.json')
  writeFileSync(file, JSON.stringify(stage.inventory('direct')))
  putHostKey(join(file, '..'), MACHINE, stage.sshd.hostKeyLine)
  const flagged = await configure(script, stage.sshd, { flags: ['--inventory', file] })
  assert.is((await flagged.run('ssh', [MACHINE, 'echo in'])).stdout.toString(), 'in\n')
})

identity("the user's own known_hosts counts beside the clan's keys", async (context) => {
  const { stage, otherKey } = context
  const { home, clan } = settle(EXECUTABLE, stage.inventory('direct'))
  putHostKey(clan, MACHINE, otherKey)
  const include = home.writeFile('byway.conf', (await runByway(home, ['ssh-config'])).stdout)
  // the helper's known_hosts has the machine's true key
  const ssh = new SshClient({ home, sshd: stage.sshd, include })
  assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 0)
})

identity("a certificate of the clan's authority will do, and no other's", async (context) => {
  const { authority, certified, otherKey } = context
  const { home, clan } = settle(EXECUTABLE, peerAt(certified, DOMAIN))
  putAuthority(clan, authority)
  const ssh = await configure(home, certified)
  const { stdout, stderr } = await ssh.run('ssh', [MACHINE, 'echo in'])
  assert.equal([stdout.toString(), stderr], ['in\n', ''])
  putHostKey(clan, MACHINE, otherKey)
  assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 0, 'the certificate is enough')
  putAuthority(clan, await makeKeyPair())
  assert.is((await ssh.run('ssh', [MACHINE, 'true'])).status, 255)
})

identity('a machine with a large letter, which ssh writes small', async ({ stage }) => {
  const { port, hostKeyLine, user } = stage.sshd
  const { home, clan } = settle(EXECUTABLE, {
    networks: { only: { peers: { Web01: { host: '127.0.0.1', port, user } } } },
  })
  putHostKey(clan, 'Web01', hostKeyLine)
  const ssh = await configure(home, stage.sshd)
  const { stdout, stderr } = await ssh.run('ssh', ['-oBatchMode=yes', 'Web01', 'echo in'])
  assert.equal([stdout.toString(), stderr], ['in\n', ''])
})

identity('no configuration names the command where no clan has keys', async ({ stage }) => {
  const { home } = settle(SCRIPT, stage.inventory('direct'))
  const { stdout } = await runByway(home, ['ssh-config'])
  assert.not.match(stdout.toString(), 'KnownHostsCommand')
})

identity('a machine of several sources has the key of its own clan', async ({ otherKey }) => {
  const home = new Home(SCRIPT)
  const keys = new Map<string, string>()
  const files: { name: string; file: string }[] = []
  for (const [domain, line] of [
    ['work.example', otherKey],
    ['play.example', publicLineOf(await makeKeyPair())],
  ] as const) {
    const clan = makeFolder()
    const networks = { lan: { peers: { web: { host: '192.0.2.1' } } } }
    writeFileSync(join(clan, 'inventory.json'), JSON.stringify({ domain, networks }))
    files.push({ name: domain, file: join(clan, 'inventory.json') })
    putHostKey(clan, 'web', line)
    keys.set(`web.${domain}`, line.split(' ').slice(0, 2).join(' '))
  }
  home.writeConfig({ inventory: files })
  for (const [name, key] of keys) {
    const { stdout } = await runByway(home, ['known-hosts', name])
    assert.is(stdout.toString(), `${name} ${key}\n`)
  }
  const { stdout, stderr, status } = await runByway(home, ['known-hosts', 'web'])
  assert.equal([stdout.toString(), stderr, status], ['', '', 0])
})

identity('an inventory that is broken ends no login by its status', async () => {
  const home = new Home(SCRIPT)
  home.writeInventory({ networks: 1 })
  const { stdout, stderr, status } = await runByway(home, ['known-hosts', MACHINE])
  assert.equal([stdout.toString(), status], ['', 0])
  assert.match(stderr, /^byway: .*inventory\.json/)
})

identity.run()

/** Every mode with both networks, and both artefacts: half of the matrix. */
function isOneOfEach({ artefact, network, mode }: Way): boolean {
  return (network === 'direct') === ((mode === 'relay') === (artefact === EXECUTABLE))
}

function peerAt({ port }: Pick<Sshd, 'port'>, domain: string) {
  return { domain, networks: { only: { peers: { [MACHINE]: { host: '127.0.0.1', port } } } } }
}

/** The folder of an inventory file is its clan's. */
function settle(artefact: Artefact, inventory: unknown): { home: Home; clan: string } {
  const home = new Home(artefact)
  home.writeInventory(inventory)
  return { home, clan: `${home.folder}/config/byway` }
}

async function configure(
  home: Home,
  sshd: Sshd,
  { flags = [], env = {} }: { flags?: readonly string[]; env?: Record<string, string> } = {},
): Promise<SshClient> {
  const { stdout, stderr } = await runByway(home, ['ssh-config', ...flags], { env })
  assert.is(stderr, '')
  assert.match(stdout.toString(), /^ {2}KnownHostsCommand \S+/m)
  const include = home.writeFile('byway.conf', stdout)
  return new SshClient({ home, sshd, include, lines: STRANGER })
}
