import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARTEFACTS, Home, runByway } from '../helpers/byway.ts'
import { run } from '../helpers/program.ts'

/** Options that change what yargs makes of a command line. */
const SETTINGS = JSON.stringify({ yargs: { 'populate--': false, 'short-option-groups': false } })

const test = suite('the directory in which byway is started')

for (const artefact of ARTEFACTS) {
  test(`${artefact.name}: somebody else’s package.json above it is not read, nor waited for`, async () => {
    const home = new Home(artefact)
    home.writeInventory({ networks: { home: { peers: { web: { host: '127.77.0.1' } } } } })
    const cwd = home.makeFolder('shared/own')
    const above = `${home.folder}/shared/package.json`
    await run(['mkfifo', above])
    const waiting = await run(['timeout', '10', ...artefact.argv, 'list'], { env: home.env, cwd })
    assert.is(waiting.status, 0, `status ${waiting.status}: ${waiting.stderr}`)
    await run(['rm', above])
    home.writeFile('shared/package.json', SETTINGS)
    const args = ['list', '-vv']
    const [here, elsewhere] = [await runByway(home, args, { cwd }), await runByway(home, args)]
    assert.equal([here.status, here.stderr], [elsewhere.status, elsewhere.stderr])
  })
}

test.run()
