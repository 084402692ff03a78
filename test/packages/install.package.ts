import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, SCRIPT } from '../helpers/byway.ts'
import { makeFolder } from '../helpers/cleanup.ts'
import { mustRun } from '../helpers/program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Each file below the prefix, and its mode. */
const FILES: Readonly<Record<string, number>> = {
  'bin/byway': 0o755,
  'share/bash-completion/completions/byway': 0o644,
  'share/byway/ssh_config.d/fdpass.conf': 0o644,
  'share/byway/ssh_config.d/relay.conf': 0o644,
  'share/fish/vendor_completions.d/byway.fish': 0o644,
  'share/man/man1/byway.1': 0o644,
  'share/zsh/site-functions/_byway': 0o644,
}

const install = suite('make install')

install('puts each file in its place, and uninstall takes just those away', async () => {
  const folder = makeFolder()
  const prefix = join(folder, 'opt/here')
  mkdirSync(join(prefix, 'bin'), { recursive: true })
  writeFileSync(join(prefix, 'bin/other'), '')
  await make('install', 'PREFIX=/opt/here', `DESTDIR=${folder}`)
  assert.equal(filesBelow(prefix), ['bin/other', ...Object.keys(FILES)].sort())
  for (const [name, mode] of Object.entries(FILES)) {
    assert.is(statSync(join(prefix, name)).mode & 0o777, mode, name)
  }
  // installed over itself, it is the same
  await make('install', 'PREFIX=/opt/here', `DESTDIR=${folder}`)
  await make('uninstall', 'PREFIX=/opt/here', `DESTDIR=${folder}`)
  assert.equal(filesBelow(prefix), ['bin/other'])
  assert.not(readdirSync(join(prefix, 'share')).includes('byway'))
})

install('what is installed runs, and is found by man and the shells', async () => {
  const home = new Home(SCRIPT)
  const prefix = join(home.folder, '.local')
  await make('install', `PREFIX=${prefix}`)
  const path = `${join(prefix, 'bin')}:/usr/bin:/bin`
  const { XDG_CONFIG_HOME: _, ...rest } = home.env
  const env = { ...rest, PATH: path, XDG_DATA_HOME: join(prefix, 'share') }
  const say = async (...argv: string[]) => (await mustRun(argv, { env })).stdout.toString()
  assert.match(await say('byway', '--version'), /^\d+\.\d+\.\d+/)
  assert.match(await say('man', '-M', join(prefix, 'share/man'), 'byway'), 'SYNOPSIS')
  const bash =
    '. /usr/share/bash-completion/bash_completion; _completion_loader byway; complete -p byway'
  assert.is(await say('bash', '--norc', '-c', bash), 'complete -F _byway byway\n')
  const fpath = `fpath+=(${join(prefix, 'share/zsh/site-functions')})`
  const zsh = `${fpath}; autoload -U compinit; compinit -u -d ${home.newPath()}; echo $_comps[byway]`
  assert.is(await say('zsh', '-f', '-c', zsh), '_byway\n')
  assert.match(await say('fish', '-c', 'complete -C "byway expl"'), /^explain\t/)
})

install('nothing that ssh reads is touched', async () => {
  const folder = makeFolder()
  await make('install', 'PREFIX=/usr', `DESTDIR=${folder}`)
  assert.equal(readdirSync(folder), ['usr'])
  for (const name of ['relay.conf', 'fdpass.conf']) {
    const text = readFileSync(join(folder, 'usr/share/byway/ssh_config.d', name), 'utf8')
    assert.equal(text.match(/^(Host|Match) .*/gm), ['Host my_cool_machine'])
  }
})

install.run()

async function make(...words: string[]): Promise<void> {
  await mustRun(['make', ...words], { cwd: ROOT })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
}
