import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { ARTEFACTS, type Artefact, Home, startByway } from '../helpers/byway.ts'
import { REFUSING } from '../helpers/peers.ts'
import { describeEnd } from '../helpers/program.ts'
import { MACHINE } from '../helpers/ssh-client.ts'
import { suite } from '../helpers/suite.ts'
import { until } from '../helpers/until.ts'

const test = suite('byway ssh: signals')

/** Stands where ssh does: ends by itself at the end of its stdin. */
const OBEDIENT = 'echo ready; cat; exit 7'
/** Has to do something before it ends. */
const TIDY = `trap 'echo tidied; exit 3' TERM HUP; echo ready; while :; do sleep 0.1; done`

const ENDINGS: readonly [name: string, ssh: string, signal: NodeJS.Signals][] = [
  ['ssh ends by it', OBEDIENT, 'SIGTERM'],
  ['ssh ends by it', OBEDIENT, 'SIGHUP'],
  ['ssh has to tidy up', TIDY, 'SIGTERM'],
]

for (const artefact of ARTEFACTS) {
  for (const [name, ssh, signal] of ENDINGS) {
    test(`${artefact.name}: ${signal}, ${name}`, async () => {
      const home = settle(artefact, ssh)
      const byway = startByway(home, ['ssh', MACHINE])
      await byway.says('ready')
      process.kill(byway.pid, signal)
      const result = await byway.result
      assert.is(describeEnd(result), signal)
      if (ssh === TIDY) assert.match(result.stdout.toString(), /tidied/)
      await until('nothing is left', () => home.live().length === 0)
    })
  }

  test(`${artefact.name}: SIGINT is ssh's to answer`, async () => {
    const byway = startByway(settle(artefact, OBEDIENT), ['ssh', MACHINE])
    await byway.says('ready')
    process.kill(byway.pid, 'SIGINT')
    byway.child.stdin.end('still there')
    const result = await byway.result
    assert.match(result.stdout.toString(), /still there/)
    assert.is(describeEnd(result), 'status 7')
  })
}

test.run()

function settle(artefact: Artefact, ssh: string): Home {
  const home = new Home(artefact)
  home.writeFile('bin/ssh', `#!/bin/sh\n${ssh}\n`)
  chmodSync(`${home.folder}/bin/ssh`, 0o755)
  home.writeInventory({ networks: { only: { peers: { [MACHINE]: REFUSING } } } })
  return home
}
