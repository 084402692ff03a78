import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, Target } from '../../src/core/types.ts'
import { dialHttpConnect } from '../../src/transports/http-connect.ts'
import { dialInside } from '../../src/transports/inside.ts'
import { dialSocks } from '../../src/transports/socks.ts'
import { dialTcp, openTcp } from '../../src/transports/tcp.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { listen } from '../helpers/listen.ts'
import { SPELLINGS } from '../helpers/onion-names.ts'
import { soon } from '../helpers/soon.ts'

const BODY = 'q'.repeat(56)

type Dial = (target: Target, attempt: Attempt, port: number) => Promise<unknown>

/** All that open a stream to a name; the port is that of a proxy. */
const TRANSPORTS: Readonly<Record<string, Dial>> = {
  TCP: dialTcp,
  'TCP to a proxy': ({ host, port }, attempt) => {
    const name = host instanceof Secret ? host.reveal() : host
    return openTcp({ host: name, port }, {}, attempt)
  },
  'a SOCKS proxy': (target, attempt, port) =>
    dialSocks({ at: { host: '127.0.0.1', port } }, target, attempt),
  'an HTTP proxy': (target, attempt, port) =>
    dialHttpConnect({ host: '127.0.0.1', port, tls: false }, target, attempt),
  'a namespace': (target, attempt) => dialInside({ pid: 1, dialler: ['false'] }, target, attempt),
}

const test = suite('transports: onion names')

for (const [transport, dial] of Object.entries(TRANSPORTS)) {
  for (const [name, spell] of Object.entries(SPELLINGS)) {
    test(`${transport}: a name ${name} is neither told nor shown`, async () => {
      const proxy = await listen(() => {})
      const attempt = new FakeAttempt()
      const target = { host: new Secret(spell(BODY)), port: 22 }
      const work = caughtByway('UNAVAILABLE', dial(target, attempt, proxy.port))
      const error = await soon('the dial', work)
      assert.match(error.message, 'by tor only')
      hides(error, 'q'.repeat(8))
      assert.equal([attempt.stages, proxy.connections], [[], 0])
      proxy.stop()
    })
  }
}

test.run()
