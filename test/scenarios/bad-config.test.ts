import { suite } from 'uvu'
import { ARTEFACTS, type Artefact, Home, SCRIPT } from '../helpers/byway.ts'
import { refuses } from '../helpers/refusal.ts'

/** A configuration that is wrong, and what has to be said of it besides its file's name. */
interface BadConfig {
  readonly content: unknown
  readonly words: readonly (string | RegExp)[]
}

const network = (value: unknown) => ({ networks: { office: value } })
const daemon = (value: unknown) => ({ daemons: { tor: value } })
const at = (place: string, found: string) => `: ${place}: found ${found}, expected `

const CONFIGS: Readonly<Record<string, BadConfig>> = {
  'an empty file': { content: '', words: ['found an empty file, expected JSON'] },
  'no JSON': { content: 'timeout = 10', words: ['line 1, column 1: found "t"'] },
  'cut off': {
    content: '{"timeout": 10',
    words: ['found the end of the file', 'hint: the file is cut'],
  },
  'a list': { content: [], words: ['expected an object'] },
  'an unknown key': {
    content: { timeuot: 10 },
    words: [at('timeuot', 'an unknown key'), 'expected "timeout"'],
  },
  'a key like no other': {
    content: { zzz: 1 },
    words: [at('zzz', 'an unknown key'), 'one of flake'],
  },
  'a timeout that is a text': { content: { timeout: '10' }, words: [at('timeout', '"10"')] },
  'a timeout of nothing': { content: { timeout: 0 }, words: [at('timeout', '0')] },
  'a negative stagger': {
    content: { stagger: -1 },
    words: [at('stagger', '-1'), '(milliseconds)'],
  },
  'a grace of minutes': { content: { grace: 100_000 }, words: [at('grace', '100000')] },
  'an inventory that is a number': { content: { inventory: 7 }, words: [at('inventory', '7')] },
  'an inventory that is two things': {
    content: { inventory: { file: 'a', flake: 'b' } },
    words: ['inventory', '{name, file} or {name, flake}'],
  },
  'allowCommands is a text': {
    content: { allowCommands: 'yes' },
    words: [at('allowCommands', '"yes"'), 'true, false or a list of sources'],
  },
  'an unknown key of a network': {
    content: network({ sock: 'x' }),
    words: [at('networks.office.sock', 'an unknown key'), 'expected "socks"'],
  },
  'an unknown technology': {
    content: network({ technology: 'wiregard' }),
    words: [at('networks.office.technology', '"wiregard"'), 'expected "wireguard"'],
  },
  'enabled is a text': {
    content: network({ enabled: 'false' }),
    words: [at('networks.office.enabled', '"false"'), 'true or false'],
  },
  'a command that is a text': {
    content: network({ command: 'nc {host} {port}' }),
    words: ['networks.office.command', 'a program and its arguments, as a list of texts'],
  },
  'a network whose name is a flag': {
    content: { networks: { '-x': {} } },
    words: [at('networks["-x"]', 'the name "-x"')],
  },
  'an unknown key of a daemon': {
    content: daemon({ binarry: 'tor' }),
    words: [at('daemons.tor.binarry', 'an unknown key'), 'expected "binary"'],
  },
  'a daemon that lingers for ever': {
    content: daemon({ linger: 'always' }),
    words: [at('daemons.tor.linger', '"always"')],
  },
}

const badConfig = suite('bad configurations')

for (const [title, { content, words }] of Object.entries(CONFIGS)) {
  for (const artefact of artefactsFor(title)) {
    badConfig(`${artefact.name}: ${title}: 78, file, place, found and expected`, async () => {
      const home = settle(artefact)
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      const file = home.writeFile('config/byway/config.json', text)
      await refuses(home, ['connect', 'web'], { status: 78, words: [`byway: ${file}: `, ...words] })
    })
  }
}

badConfig('a configuration that is named and not there: 66', async () => {
  const home = settle(SCRIPT)
  const missing = `${home.folder}/nowhere.json`
  const words = [`byway: read "${missing}": no such file`]
  await refuses(home, ['connect', '--config', missing, 'web'], { status: 66, words })
  await refuses(home, ['connect', 'web'], { status: 66, words, env: { BYWAY_CONFIG: missing } })
})

badConfig('an inventory that the configuration names and that is not there: 66', async () => {
  const home = settle(SCRIPT)
  home.writeConfig({ inventory: 'nowhere.json' })
  const words = [`read "${home.folder}/config/byway/nowhere.json": no such file`]
  await refuses(home, ['connect', 'web'], { status: 66, words })
})

badConfig.run()

/** The script is quicker to try many things with; a few are tried with both. */
function artefactsFor(title: string): readonly Artefact[] {
  return /cut off|an unknown key$/.test(title) ? ARTEFACTS : [SCRIPT]
}

function settle(artefact: Artefact): Home {
  const home = new Home(artefact)
  home.writeInventory({ networks: { home: { peers: { web: { host: '127.77.0.1', port: 1 } } } } })
  return home
}
