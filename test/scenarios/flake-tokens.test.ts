import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { installProgram } from '../helpers/gateway.ts'

const TOKEN = 't0ken-of-the-forge'
const FLAKE = `git+https://me:${TOKEN}@git.example/clan?access_token=${TOKEN}`
/** What nix says of the clan, or of why it cannot. */
const CLAN = JSON.stringify({ targetHosts: { web: '127.77.0.1:1' } })
const FAILURE = `error: unable to download 'https://git.example/clan?private_token=${TOKEN}': 404`

const COMMANDS = [
  ['known-hosts', 'web'],
  ['doctor'],
  ['doctor', '--json'],
  ['list', '-vv'],
  ['connect', '-vv', 'web'],
  ['connect', 'wen'],
  ['explain', '--json', 'web'],
  ['explain', '--last', '--json'],
  ['refresh', '--json'],
  ['ssh-config'],
]

const test = suite('a token in a flake’s reference')

for (const [name, script] of [
  ['is evaluated', `echo '${CLAN}'`],
  ['cannot be evaluated', `echo "${FAILURE}" >&2; exit 1`],
] as const) {
  test(`the flake ${name}: it is shown by no command, and in no file but the configuration`, async () => {
    const home = new Home(SCRIPT)
    installProgram(home, 'clan', 'exit 1')
    installProgram(home, 'nix', script)
    home.writeConfig({ flake: FLAKE })
    for (const args of COMMANDS) {
      const { stdout, stderr } = await runByway(home, args)
      assert.not.ok(`${stdout}${stderr}`.includes(TOKEN), `${args.join(' ')}: ${stdout}${stderr}`)
    }
    const folders = ['cache', 'state', 'run', 'tmp'].map((folder) => join(home.folder, folder))
    const files = folders.flatMap(filesBelow)
    assert.ok(files.length > 0)
    for (const file of files) assert.not.ok(readFileSync(file).includes(TOKEN), file)
  })
}

test.run()

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
