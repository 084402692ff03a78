import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { run } from '../helpers/program.ts'

const MACHINE = 'web'

const test = suite('SSHOptions, in what "byway ssh-config" prints and in "byway ssh"')

/** Options of which ssh has to make the same by both ways; HOME: a folder with `my keys/id` in it. */
const OPTIONS: readonly string[][] = [
  ['-p2222'],
  ['-p', '2222', '-oPort=2223'],
  ['-4C'],
  ['-vCp', '2222'],
  ['-6', '-oAddressFamily=inet', '-4'],
  ['-vv'],
  ['-v', '-Cv', '-v', '-v'],
  ['-aAxXq'],
  ['-AaYxK'],
  ['-Yk'],
  ['-tt'],
  ['-gMT', '-S', 'none'],
  ['-MM', '-oControlMaster=no'],
  ['-b127.0.0.1', '-Blo', '-e', 'none', '-D1080'],
  ['-caes128-ctr,aes256-ctr', '-mhmac-sha2-256', '-c', 'aes256-ctr'],
  ['-lalice', '-oUser=bob'],
  ['-i', 'HOME/my keys/id'],
  ['-iHOME/my keys/id', '-oIdentityFile="HOME/my keys/id"', '-C'],
  ['-S', 'HOME/a # b'],
  ['-S', '#HOME'],
  ['-S', '=HOME'],
  ['-S', `HOME/it's "so"`],
  ['-S', 'HOME/back\\slash\\\\ and \\ more\\'],
  ['-oSendEnv=A B*', '-oSetEnv=A=b "C=d e"', '-oLocalForward=8080 db:80'],
  ['-oUser=x # y', '-oRemoteCommand=echo  "a  b" # c'],
  ['-oSetEnv==a', '-oCompression = yes', '-o"User"=bob', '-oPort 22'],
]

for (const words of OPTIONS) {
  test(JSON.stringify(words), async () => {
    const home = new Home(SCRIPT)
    home.makeFolder('my keys')
    home.writeFile('my keys/id', '')
    writeMachine(
      home,
      words.map((word) => word.replace('HOME', home.folder)),
    )
    const [by, directly] = [await bySshConfig(home), await byBywaySsh(home)]
    const only = (some: string[], others: string[]) => some.filter((line) => !others.includes(line))
    assert.equal(only(by, directly), only(directly, by))
  })
}

test('one that ssh refuses is left out and named, and the rest is installed', async () => {
  const home = new Home(SCRIPT)
  const wrong = ['-oNoSuchThing=1', '-oPort=none', "-oUser=it's", '-oIgnoreUnknown=Such*']
  const hosts = Array.from({ length: 150 }, (_, i) => `host${i}`)
  const keys = hosts.map((name) => [name, ['-i', `/keys/${name}`]])
  const options = {
    ...Object.fromEntries(keys),
    [MACHINE]: [...wrong, '-oSuchAThing=1', '-CL1:b:2'],
  }
  writeMachines(home, options)
  const left = [
    /^byway: web: only "byway ssh" applies -L: .*$/,
    /^byway: web: "Port none" is left out, as ssh refuses it: \S.*$/,
    /^byway: web: "User it's" is left out, as ssh refuses it: \S.*$/,
    /^byway: web: "NoSuchThing 1" is left out, .*: Bad configuration option: nosuchthing$/,
    /^byway: web: "SuchAThing 1" is left out, .*: Bad configuration option: suchathing$/,
  ]
  const install = ['ssh-config', '--install']
  for (const args of [['ssh-config'], install, ['refresh']]) {
    const { status, stderr } = await runByway(home, args)
    assert.is(status, 0, stderr)
    const said = stderr.trim().split('\n')
    for (const pattern of left)
      assert.ok(
        said.some((line) => pattern.test(line)),
        stderr,
      )
    assert.is(said.length, left.length, stderr)
    writeMachines(home, { ...options, another: [] })
  }
  assert.is((await runByway(home, ['ssh-config', '--check'])).status, 0)
  const config = join(home.folder, '.ssh/config')
  for (const [name, setting] of [
    [MACHINE, 'compression yes'],
    ['host7', 'identityfile /keys/host7'],
  ]) {
    const { stdout, stderr } = await run(['ssh', '-F', config, '-G', String(name)], {
      env: home.env,
    })
    assert.ok(settingsIn(stdout, stderr).includes(String(setting)), stderr)
  }
})

test.run()

function writeMachine(home: Home, words: readonly string[]): void {
  writeMachines(home, { [MACHINE]: words })
}

function writeMachines(home: Home, options: Readonly<Record<string, readonly string[]>>): void {
  const peers = Object.fromEntries(
    Object.entries(options).map(([name, SSHOptions]) => [name, { host: '127.0.0.1', SSHOptions }]),
  )
  home.writeInventory({ networks: { lan: { peers } } })
  home.writeConfig({ allowCommands: true })
}

async function bySshConfig(home: Home): Promise<string[]> {
  const printed = await runByway(home, ['ssh-config'])
  assert.is(printed.status, 0, printed.stderr)
  const config = home.writeFile('ssh_config', printed.stdout)
  const { stdout, stderr } = await run(['ssh', '-F', config, '-G', MACHINE], { env: home.env })
  return settingsIn(stdout, stderr)
}

async function byBywaySsh(home: Home): Promise<string[]> {
  const args = ['ssh', MACHINE, '--', '-F', 'none', '-G']
  const { stdout, stderr } = await runByway(home, args)
  return settingsIn(stdout, stderr)
}

function settingsIn(stdout: Buffer, stderr: string): string[] {
  const lines = stdout.toString().trim().split('\n')
  assert.ok(lines.length > 20, stderr)
  return lines.toSorted()
}
