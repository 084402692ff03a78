import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { GLOBAL_FLAGS } from '../src/arguments.ts'
import { COMMANDS } from '../src/cli/main.ts'
import { EXIT_STATUS } from '../src/core/errors.ts'
import { Home, SCRIPT } from './helpers/byway.ts'
import { mustRun, run } from './helpers/program.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EPOCH = '1700000000'

const manual = suite('byway(1)')
const home = new Home(SCRIPT)
const source = await makeManual()
const page = home.writeFile('byway.1', source)

manual('is the same page whenever it is made', async () => {
  assert.is((await makeManual()).toString(), source.toString())
  assert.match(source.toString(), '.Dd November 14, 2023\n')
})

manual('mandoc finds nothing to say of it', async () => {
  const { stdout } = await run(['mandoc', '-T', 'lint', '-W', 'all', page])
  // whether other pages are installed is the computer's affair
  const lines = stdout.toString().split('\n')
  assert.equal(
    lines.filter((line) => line !== '' && !line.includes('referenced manual not found')),
    [],
  )
})

manual('man and groff warn of nothing', async () => {
  const { stderr } = await mustRun(['man', '--warnings', '-l', page], { env: home.env })
  assert.is(stderr, '')
})

manual('has every command, flag, example and exit status', async () => {
  const text = await render(200)
  for (const { name, flags, examples } of COMMANDS) {
    assert.match(text, `   byway ${name}\n`)
    for (const flag of Object.keys(flags)) assert.match(text, `--${flag}`)
    for (const [line] of examples) assert.match(text, `     byway ${line}\n`)
  }
  for (const flag of Object.keys(GLOBAL_FLAGS)) assert.match(text, `--${flag}`)
  for (const status of Object.values(EXIT_STATUS)) {
    assert.match(text, new RegExp(`^ {5}${status} `, 'm'))
  }
  assert.match(text, /ssh-config --check ends with 1 .* ssh ends with the status of ssh\(1\)/)
})

manual('fits into 80 columns', async () => {
  const long = (await render(80)).split('\n').filter((line) => line.length > 80)
  assert.equal(long, [])
})

manual.run()

async function makeManual(): Promise<Buffer> {
  const argv = [process.execPath, '--import', 'tsx', 'scripts/manual.ts']
  const env = { ...process.env, SOURCE_DATE_EPOCH: EPOCH }
  return (await mustRun(argv, { cwd: ROOT, env })).stdout
}

async function render(columns: number): Promise<string> {
  const argv = ['mandoc', '-T', 'utf8', '-O', `width=${columns}`, page]
  const { stdout } = await mustRun(argv)
  // bold and underlined letters are overstruck (ECMA-6)
  const parts = stdout.toString().split('\b')
  return parts.map((part, i) => (i < parts.length - 1 ? part.slice(0, -1) : part)).join('')
}
