import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { COMMANDS, runCli } from '../../src/cli/main.ts'
import { BywayError } from '../../src/core/errors.ts'

const COLUMNS = 80
/** As long as an example may be to stand in one line of the help. */
const LONGEST_EXAMPLE = 36

const help = suite('help')

for (const args of [[], ...COMMANDS.map(({ name }) => [name])]) {
  const title = ['byway', ...args].join(' ')
  help(`${title} --help fits into ${COLUMNS} columns and has two examples`, async () => {
    const text = await printed([...args, '--help'])
    const long = text.split('\n').filter((line) => line.length > COLUMNS)
    assert.equal(long, [])
    const examples = text.split('Examples:\n')[1]?.match(/^ {2}byway /gm) ?? []
    assert.ok(examples.length >= 2, text)
  })
}

for (const command of COMMANDS) {
  help(`byway ${command.name}: every example and flag is in its help, whole`, async () => {
    const text = await printed([command.name, '-h'])
    for (const [line] of command.examples) {
      assert.ok(line.length <= LONGEST_EXAMPLE, `${line}: too long for one line`)
      assert.ok(text.includes(`  byway ${line}`), line)
    }
    for (const flag of Object.keys(command.flags)) assert.ok(text.includes(`--${flag} `), flag)
  })
}

/** Lines that are wrong, and the words by which byway mends them. */
const TYPOS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  conect: ['unknown command "conect"', 'did you mean "byway connect"?'],
  'ssh-confg': ['unknown command "ssh-confg"', 'did you mean "byway ssh-config"?'],
  qwertz: ['unknown command "qwertz"', 'byway --help shows all'],
  'list --jsn': ['unknown flag "--jsn"', 'did you mean "--json"?'],
  '--inventroy=x list': ['unknown flag "--inventroy"', 'did you mean "--inventory"?'],
  'list --hepl': ['unknown flag "--hepl"', 'did you mean "--help"?'],
  'list -x': ['unknown flag "-x"', 'byway --help shows all'],
  'daemon lst': ['unknown action "lst"', 'did you mean "byway daemon list"?'],
  ping: ['ping: expected <machine>', 'byway ping --help'],
  'ping a b': ['ping: unexpected "b"', 'byway ping --help'],
  'explain web -n': ['explain: -n: expected a value', 'byway explain --help'],
}

for (const [line, [message, hint]] of Object.entries(TYPOS)) {
  help(`byway ${line}: says what was meant`, async () => {
    const error = await runCli(line.split(' '), async () => {}).catch((thrown: unknown) => thrown)
    if (!(error instanceof BywayError)) throw error
    assert.equal([error.exit, error.message, error.hint], ['USAGE', message, hint])
  })
}

help.run()

async function printed(argv: readonly string[]): Promise<string> {
  let text = ''
  const status = await runCli(argv, (more) => {
    text += more
    return Promise.resolve()
  })
  assert.is(status, 0)
  return text
}
