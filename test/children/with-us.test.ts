import type { SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { spawnWithUs } from '../../src/children/spawn-with-us.ts'
import { letGo } from '../../src/children/with-us.ts'

const test = suite('children/with-us')

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  test(`${signal} is taken care of before there is a child`, async () => {
    let listening = 0
    const options: SpawnOptions = {
      stdio: 'ignore',
      // spawn reads its options before it forks
      get cwd() {
        listening = process.listenerCount(signal)
        return '/'
      },
    }
    const child = spawnWithUs('true', [], options)
    assert.is(listening, 1)
    await once(child, 'close')
  })
}

test('one that cannot be started is forgotten', async () => {
  const child = spawnWithUs('/nowhere/program', [], {})
  const [error] = await once(child, 'error')
  assert.is(error.code, 'ENOENT')
  letGo(child)
})

test.run()
