import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, SCRIPT, startByway } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { findByEnvironment } from '../helpers/proc.ts'
import { mustRun } from '../helpers/program.ts'
import { refuses } from '../helpers/refusal.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'

const PASSWORD = 'xoxo-correct-horse'

const installer = suite<{ sshd: Sshd }>('byway ssh --json')

installer.before(async (context) => {
  context.sshd = await startSshd({
    inside: await withShadow(),
    config: ['PasswordAuthentication yes'],
  })
})

installer.after(({ sshd }) => sshd.stop())

for (const artefact of [SCRIPT, EXECUTABLE]) {
  installer(`${artefact.name}: a password opens it, and is seen nowhere`, async ({ sshd }) => {
    const { home, login } = settle(artefact, sshd, PASSWORD)
    const running = startByway(home, [...login, 'echo in; cat'])
    await running.says('in')
    const processes = findByEnvironment(`BYWAY_TEST_HOME=${home.folder}`)
    assert.ok(processes.length >= 3, 'byway, ssh and byway as its ProxyCommand')
    for (const { pid } of processes) {
      const seen = ['cmdline', 'environ'].map((name) =>
        readFileSync(`/proc/${pid}/${name}`, 'utf8'),
      )
      assert.not.ok(seen.join('\n').includes(PASSWORD))
    }
    running.child.stdin.end('words')
    const { stdout, stderr, status } = await running.result
    assert.equal([stdout.toString(), status], ['in\nwords', 0])
    assert.not.ok(stderr.includes(PASSWORD))
    assert.is(await grepBelow(`${home.folder}/cache`), '')
    assert.is(await grepBelow(`${home.folder}/state`), '')
  })
}

installer('where it has none, or a wrong one, a key opens it', async ({ sshd }) => {
  for (const password of [null, 'wrong']) {
    const { home, login } = settle(SCRIPT, sshd, password)
    const key = ['-o', 'IdentitiesOnly=yes', '-i', sshd.clientKey]
    const { stdout, stderr } = await runByway(home, [
      ...login.slice(0, 4),
      ...key,
      ...login.slice(4),
      'echo in',
    ])
    assert.is(stdout.toString(), 'in\n', stderr)
  }
})

installer('a key of the host that nobody knows is not taken without asking', async ({ sshd }) => {
  const { home, login } = settle(SCRIPT, sshd, PASSWORD)
  const ask = login.map((word) =>
    word.replace('StrictHostKeyChecking=no', 'StrictHostKeyChecking=ask'),
  )
  const { status, stderr } = await runByway(home, [...ask, 'echo in'])
  assert.is(status, 255)
  assert.match(stderr, 'Host key verification failed')
})

installer('files that are no QR code', async () => {
  const home = new Home(SCRIPT)
  const file = (text: string) => ['ssh', '--json', home.writeFile('qr.json', text)]
  await refuses(home, file(`{"pass": ["${PASSWORD}"]}`), {
    status: 65,
    words: ["installer's QR code"],
  })
  await refuses(home, file('{"networks": {}}'), { status: 68, words: ['no machine "installer"'] })
  await refuses(home, file('{"addrs": []}'), { status: 65, words: ['found no address'] })
  await refuses(home, file('nonsense'), { status: 65, words: ['line 1'] })
  await refuses(home, ['ssh', '--json', 'nowhere'], { status: 66, words: ['nowhere'] })
  await refuses(home, ['ssh'], { status: 64, words: ['expected <machine>'] })
})

installer.run()

function settle(artefact: typeof SCRIPT, { port, user }: Sshd, pass: string | null) {
  const home = new Home(artefact)
  const qr = { pass, tor: null, addrs: [`${user}@127.0.0.1:${port}`] }
  const options = ['-F', 'none', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'IdentityAgent=none']
  const file = home.writeFile('qr.json', JSON.stringify(qr))
  return { home, login: ['ssh', '--json', file, '--', ...options, ...trust] }
}

/** The file names below a folder in which the password stands. */
async function grepBelow(folder: string): Promise<string> {
  const { stdout } = await mustRun(['sh', '-c', `grep -rl ${PASSWORD} ${folder} || true`])
  return stdout.toString()
}

/** Runs a program that sees another /etc/shadow, in which root has a password. */
async function withShadow(): Promise<string[]> {
  const { stdout } = await mustRun(['openssl', 'passwd', '-6', PASSWORD])
  const shadow = `${makeFolder()}/shadow`
  const line = `root:${stdout.toString().trim()}:19000:0:99999:7:::`
  const make = `printf '%s\\n' '${line}' >${shadow} && mount --bind ${shadow} /etc/shadow`
  return ['unshare', '--mount', 'sh', '-c', `${make} && exec "$@"`, 'sh']
}
