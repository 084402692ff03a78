import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { EXECUTABLE, Home, runByway, startByway } from '../helpers/byway.ts'
import { noteComputer, rounds } from '../helpers/fault-budget.ts'
import { Random } from '../helpers/random.ts'
import { suite } from '../helpers/suite.ts'

/** What a user has, with bytes that are no text. */
const BEFORE = Buffer.from('Host *\r\n  User me\r\n# \xff', 'latin1')
const TIMES = rounds(8)

const faults = suite('byway ssh-config, killed at any moment')

for (const flag of ['--install', '--uninstall']) {
  faults(`${flag}, ${TIMES} times: each file is whole, and the next one finishes it`, async () => {
    const random = new Random(`ssh-config ${flag}`)
    const home = new Home(EXECUTABLE)
    const folder = home.makeFolder('.ssh')
    const config = home.writeFile('.ssh/config', BEFORE)
    home.writeInventory({ networks: { lan: { peers: { web: { host: '192.0.2.1' } } } } })
    await runByway(home, ['ssh-config', '--install'])
    const after = { config: readFileSync(config), own: readFileSync(join(folder, 'byway.conf')) }
    assert.is(after.config.subarray(-BEFORE.length).compare(BEFORE), 0)
    let killed = 0
    for (let i = 0; i < TIMES; i++) {
      const other = flag === '--install' ? '--uninstall' : '--install'
      assert.is((await runByway(home, ['ssh-config', other])).status, 0)
      const running = startByway(home, ['ssh-config', flag])
      await Promise.race([running.result, delay(random.between(20, 220))])
      running.child.kill('SIGKILL')
      if ((await running.result).signal === 'SIGKILL') killed += 1
      const text = readFileSync(config)
      assert.ok(text.equals(BEFORE) || text.equals(after.config), text.toString('latin1'))
      if (readdirSync(folder).includes('byway.conf')) {
        assert.ok(readFileSync(join(folder, 'byway.conf')).equals(after.own))
      }
      assert.is((await runByway(home, ['ssh-config', flag])).status, 0)
      assert.ok(readFileSync(config).equals(flag === '--install' ? after.config : BEFORE))
    }
    noteComputer(`ssh-config ${flag} killed`, killed, 'files as before or after, never in between')
    await runByway(home, ['ssh-config', '--uninstall'])
    assert.equal(readdirSync(folder), ['config'])
    assert.ok(readFileSync(config).equals(BEFORE))
  })
}

faults.run()
