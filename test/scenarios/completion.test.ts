import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Home, runByway, SCRIPT } from '../helpers/byway.ts'
import { Terminal } from '../helpers/terminal.ts'

/** How each shell is started without anybody's settings, and told of byway's script. */
const SHELLS: Readonly<Record<string, { readonly start: string; readonly load: string }>> = {
  bash: {
    start: 'exec bash --norc --noprofile',
    load: '. /usr/share/bash-completion/bash_completion; source <(byway completion bash)',
  },
  zsh: {
    start: 'exec zsh -f',
    load: 'autoload -U compinit; compinit -u -d "$TMPDIR/dump"; source <(byway completion zsh)',
  },
  fish: {
    start: 'exec fish',
    load: 'function fish_prompt; echo "> "; end; byway completion fish | source',
  },
}

/** What is typed before Tab is pressed, and what then stands there. */
const LINES: Readonly<Record<string, string>> = {
  'byway expl': 'byway explain',
  'byway ssh q': 'byway ssh quokka',
  'byway ssh me@q': 'byway ssh me@quokka',
  'byway connect -n of': 'byway connect -n office',
  'byway connect --network=of': 'byway connect --network=office',
  'byway connect --timeout 5 q': 'byway connect --timeout 5 quokka',
  'byway ping --al': 'byway ping --all',
  'byway daemon st': 'byway daemon stop',
  'byway daemon stop t': 'byway daemon stop tor',
  'byway status web01 q': 'byway status web01 quokka',
  'byway ssh --json oth': 'byway ssh --json other.json',
  'byway import oth': 'byway import other.json',
  'byway completion z': 'byway completion zsh',
  'byway --inventory oth': 'byway --inventory other.json',
  'byway --inventory other.json ping k': 'byway --inventory other.json ping kestrel',
  // not byway's own, but of the configuration that byway wrote
  'ssh quok': 'ssh quokka',
}

const completion = suite('completion')
const home = new Home(SCRIPT)
const peer = { host: '192.0.2.1' }
home.writeInventory({
  networks: {
    internet: { peers: { web01: peer, web02: peer, quokka: peer } },
    office: { priority: 10, peers: { web01: peer } },
  },
})
home.writeFile('other.json', JSON.stringify({ networks: { lab: { peers: { kestrel: peer } } } }))
mkdirSync(join(home.folder, '.ssh'), { mode: 0o700 })
const { stdout } = await runByway(home, ['ssh-config'])
home.writeFile('.ssh/byway.conf', stdout)
home.writeFile('.ssh/config', 'Include byway.conf\n')

for (const [shell, { start, load }] of Object.entries(SHELLS)) {
  completion(`${shell} completes commands, flags, machines and networks`, async () => {
    const env = { ...home.env, TERM: 'xterm' }
    const terminal = await Terminal.open({ columns: 120, rows: 50, env, cwd: home.folder })
    try {
      await terminal.type(start)
      await terminal.type(`${load}; echo lo''aded`)
      await terminal.shows(/^loaded$/m)
      for (const [typed, completed] of Object.entries(LINES)) {
        await terminal.press(typed, 'Tab')
        await terminal.shows(new RegExp(`^\\S*[#$%>] ${quote(completed)} ?$`, 'm'))
        // each shell's keys for an empty line on an empty screen
        await terminal.press('C-u', 'C-l')
        await terminal.shows(/^\S*[#$%>]\s*$/)
      }
    } finally {
      terminal.close()
    }
  })
}

completion('an unknown shell gets the nearest one', async () => {
  const { status, stderr } = await runByway(home, ['completion', 'fisch'])
  assert.match(stderr, 'did you mean "byway completion fish"?')
  assert.is(status, 64)
})

completion.run()

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
