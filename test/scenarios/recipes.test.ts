import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { suite } from '../helpers/suite.ts'
import { atHome } from '../helpers/user-database.ts'
import { leavesNothing } from '../helpers/ways.ts'

const RECIPES = fileURLToPath(new URL('../../ssh-config/recipes/', import.meta.url))
const NIXOS_REBUILD = fileURLToPath(new URL('../helpers/nixos-rebuild.sh', import.meta.url))

/** Two homes: where the recipes are run, and that of the machine. */
interface Scene {
  readonly home: Home
  /** the folder that a recipe is run in */
  readonly here: string
  readonly there: string
  /** Runs a program where byway is installed in ssh. Rejects when it fails. */
  run(argv: readonly string[]): Promise<string>
}

/** What is there after a recipe has been run. */
const CHECKS: Readonly<Record<string, (scene: Scene, said: string) => void>> = {
  'ssh.sh': (_, said) => assert.match(said, 'Linux'),
  'scp.sh': ({ here, there }) => {
    assert.is(readFileSync(join(there, 'letter.txt'), 'utf8'), 'Dear machine\n')
    assert.is(readFileSync(join(here, 'back.txt'), 'utf8'), 'Dear machine\n')
  },
  'sftp.sh': ({ there }) => assert.ok(existsSync(join(there, 'sent.txt'))),
  'rsync.sh': ({ there }) => assert.equal(readdirSync(join(there, 'data')), ['one', 'two']),
  'git.sh': ({ there }) => {
    const [branch = ''] = readdirSync(join(there, 'project.git/refs/heads'))
    assert.ok(branch, 'a branch was pushed')
  },
  'sshfs.sh': ({ here, there }) => {
    assert.is(readFileSync(join(there, 'by-sshfs.txt'), 'utf8'), 'Dear machine\n')
    assert.equal(readdirSync(join(here, 'mnt')), [], 'it is not mounted any more')
  },
  'nix-copy.sh': hasClosure,
  'nix-copy-closure.sh': hasClosure,
  'nixos-rebuild.sh': (scene) => {
    hasClosure(scene)
    assert.match(readFileSync(join(scene.there, 'switched'), 'utf8'), 'switched to /nix/store/')
  },
  'ansible.sh': (_, said) => assert.match(said, /my_cool_machine \| SUCCESS/),
}

const recipes = suite<{ sshd: Sshd; scene: Scene }>('recipes for ssh')

recipes.before(async (context) => {
  const there = makeFolder()
  const variables = [`HOME=${there}`, `NIX_REMOTE=local?root=${there}/nix`]
  const config = [`SetEnv ${variables.map((one) => `"${one}"`).join(' ')}`]
  context.sshd = await startSshd({ inside: atHome(there), config })
  context.scene = await settle(context.sshd, there)
})

recipes.after(({ sshd }) => sshd.stop())

recipes('each recipe has a check, and each check a recipe', () => {
  assert.equal(readdirSync(RECIPES).sort(), Object.keys(CHECKS).sort())
})

for (const [recipe, check] of Object.entries(CHECKS)) {
  recipes(recipe, async ({ scene }) => {
    await provide(scene, recipe)
    // to a file: Ansible wants no pipe of Node's, which does not block
    const said = join(scene.home.folder, `${recipe}.said`)
    const words = ['sh', '-c', 'sh "$0" >"$1" 2>&1', join(RECIPES, recipe), said]
    await scene.run(words).catch((error: unknown) => {
      throw new Error(`${String(error)}${readFileSync(said, 'utf8')}`)
    })
    check(scene, readFileSync(said, 'utf8'))
    await endMasters(scene)
    await leavesNothing(scene.home)
  })
}

recipes.run()

async function settle(sshd: Sshd, there: string): Promise<Scene> {
  const home = new Home(EXECUTABLE)
  const here = join(home.folder, 'work')
  mkdirSync(here)
  mkdirSync(join(home.folder, '.ssh'), { mode: 0o700 })
  home.writeFile('.ssh/known_hosts', `${MACHINE} ${sshd.hostKeyLine}\n`)
  home.writeFile('.ssh/config', `IdentityFile "${sshd.clientKey}"\nIdentitiesOnly yes\n`)
  const peer = { host: '127.0.0.1', port: sshd.port, user: sshd.user }
  home.writeInventory({ networks: { internet: { peers: { [MACHINE]: peer } } } })
  symlinkSync(NIXOS_REBUILD, join(home.folder, 'bin/nixos-rebuild'))
  const nix = { NIX_REMOTE: `local?root=${home.folder}/nix` }
  const env = { ...home.env, ...nix, NIX_CONFIG: 'experimental-features = nix-command' }
  const inside = atHome(home.folder)
  const run = async (argv: readonly string[]) => {
    const { stdout } = await mustRun([...inside, ...argv], { env, cwd: here })
    return stdout.toString()
  }
  await run(['byway', 'ssh-config', '--install'])
  assert.match(readFileSync(join(home.folder, '.ssh/config'), 'utf8'), /^Include byway\.conf\n/)
  return { home, here, there, run }
}

/** What a recipe takes for granted in its folder and on the machine. */
async function provide({ here, there, run }: Scene, recipe: string): Promise<void> {
  writeFileSync(join(here, 'letter.txt'), 'Dear machine\n')
  mkdirSync(join(here, 'data'), { recursive: true })
  for (const name of ['one', 'two']) writeFileSync(join(here, 'data', name), name)
  if (recipe === 'git.sh') {
    await mustRun(['git', 'init', '--quiet', '--bare', join(there, 'project.git')])
  }
  if (recipe.startsWith('nix')) {
    writeFileSync(join(here, 'closure'), recipe)
    const path = (await run(['nix-store', '--add', 'closure'])).trim()
    await run(['ln', '-sfn', path, 'result'])
  }
}

function hasClosure({ here, there }: Scene): void {
  const path = readlinkSync(join(here, 'result'))
  assert.ok(existsSync(join(there, 'nix', path)), `${path} is there`)
}

/** Ansible leaves a ControlMaster behind that lives for a minute. */
async function endMasters({ home, run }: Scene): Promise<void> {
  const folder = join(home.folder, '.ansible/cp')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    await run(['ssh', '-o', `ControlPath=${join(folder, name)}`, '-O', 'exit', MACHINE])
  }
}
