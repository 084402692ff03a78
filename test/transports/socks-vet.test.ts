import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { startScript } from '../helpers/scripted-proxy.ts'
import * as socks from '../helpers/socks-bytes.ts'
import { soon } from '../helpers/soon.ts'

const USER = { user: 'wallaby', password: new Secret('hunter2') }

const test = suite('transports/socks: who answers')

for (const [name, user, greeting, method] of [
  ['without a password', {}, socks.GREETING, 0],
  ['with one', USER, socks.GREETING_WITH_USER, 2],
] as const) {
  test(`${name}: one that is not to know is told nothing but the greeting`, async () => {
    const proxy = await startScript([{ takes: greeting.length, says: socks.method(method) }])
    const vet = () => {
      assert.ok(proxy.heard().equals(greeting))
      throw new BywayError('UNAVAILABLE', 'a stranger answers')
    }
    const target = { host: new Secret('quokka.example'), port: 22 }
    const work = dialSocks({ at: proxy.at, ...user, vet }, target, new FakeAttempt())
    const error = await soon('the refusal', caughtByway('UNAVAILABLE', work))
    assert.is(error.message, 'a stranger answers')
    assert.ok(proxy.heard().equals(greeting))
    proxy.stop()
  })
}

test.run()
