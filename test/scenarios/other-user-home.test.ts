import { chmodSync, chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TwoUsers } from '../helpers/two-users.ts'

const MACHINE = 'web'
const REFUSAL =
  /^byway: ".*" is user 61001's, and this is user 0\nhint: run it as that user, without sudo, /

const test = suite("root with a user's $HOME, as by sudo -E")

for (const name of ['with ~/.ssh', 'without ~/.ssh']) {
  test(`${name}: nothing is installed, and the user's ssh goes on`, async () => {
    const users = new TwoUsers()
    if (name === 'with ~/.ssh') {
      users.home.makeFolder('.ssh')
      users.home.writeFile('.ssh/config', 'Host *\n')
    }
    writeMachines(users, [MACHINE])
    const { status, stderr } = await users.sudo(['ssh-config', '--install'])
    const login = await users.known(['ssh', '-G', MACHINE])
    assert.is(login.status, 0, login.stderr)
    assert.is(status, 77, stderr)
    assert.match(stderr, REFUSAL, stderr)
    assert.is(existsSync(join(users.home.folder, '.ssh')), name === 'with ~/.ssh')
  })
}

test('what the user has installed is neither written anew nor taken away', async () => {
  const users = new TwoUsers()
  writeMachines(users, [MACHINE])
  assert.is((await users.known(['byway', 'ssh-config', '--install'])).status, 0)
  const own = join(users.home.folder, '.ssh/byway.conf')
  const text = readFileSync(own, 'utf8')
  writeMachines(users, [MACHINE, 'mail'])
  for (const args of [['refresh'], ['ssh-config', '--install'], ['ssh-config', '--uninstall']]) {
    const { status, stderr } = await users.sudo(args)
    assert.is(status, 77, `${args}: ${stderr}`)
    assert.match(stderr, REFUSAL, stderr)
  }
  assert.is(readFileSync(own, 'utf8'), text)
  const { stdout, stderr } = await users.known(['ssh', '-G', MACHINE])
  assert.match(stdout.toString(), /^proxycommand .*connect %n %p$/m, stderr)
})

test('doctor says so, and blames no file of the user', async () => {
  const users = new TwoUsers()
  writeMachines(users, [MACHINE])
  await users.known(['byway', 'ssh-config', '--install'])
  const findings = await examine(users.sudo(['doctor', '--json']))
  const mend = 'run byway as that user, without sudo'
  assert.match(findings, `warning permissions: ${users.home.folder}/.ssh is user 61001's: `)
  assert.match(findings, new RegExp(`warning configuration: .HOME is not your home: .* -> ${mend}`))
  assert.not.match(findings, /chown \$USER \S*\.ssh|ssh -F/)
})

test("doctor names a file of root's over which the user's ssh ends", async () => {
  const users = new TwoUsers()
  writeMachines(users, [MACHINE])
  await users.known(['byway', 'ssh-config', '--install'])
  const own = join(users.home.folder, '.ssh/byway.conf')
  chownSync(own, 0, 0)
  chmodSync(own, 0o600)
  assert.is((await users.known(['ssh', '-G', MACHINE])).status, 255)
  const findings = await examine(users.known(['byway', 'doctor', '--json']))
  assert.match(
    findings,
    `failure permissions: ${own} cannot be read: ssh ends over it -> sudo chown`,
  )
  const { status, stderr } = await users.known(['byway', 'ssh-config', '--install'])
  assert.is(status, 66, stderr)
  assert.match(stderr, `hint: if it is yours by rights: sudo chown $USER ${own}`)
  assert.is(statSync(own).uid, 0)
})

test.run()

function writeMachines(users: TwoUsers, names: readonly string[]): void {
  const peers = Object.fromEntries(names.map((name) => [name, { host: '127.0.0.1' }]))
  users.home.writeInventory({ networks: { lan: { peers } } })
  users.giveHome()
}

/** The findings of a doctor that prints JSON, a line each. */
async function examine(run: ReturnType<TwoUsers['byway']>): Promise<string> {
  const { findings } = JSON.parse((await run).stdout.toString())
  return findings
    .map(
      (one: Record<string, string>) =>
        `${one['level']} ${one['check']}: ${one['text']} -> ${one['mend']}`,
    )
    .join('\n')
}
