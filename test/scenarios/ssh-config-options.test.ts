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

test.run()

function writeMachine(home: Home, words: readonly string[]): void {
  const peers = { [MACHINE]: { host: '127.0.0.1', SSHOptions: words } }
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
