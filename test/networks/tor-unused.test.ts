import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BywayError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Network, NetworkState } from '../../src/core/types.ts'
import { makeTor } from '../../src/networks/tor.ts'
import { caughtByway } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { inventOnion } from '../helpers/onion-names.ts'

const test = suite('networks/tor, one that is not used')
const { signal } = new AbortController()

const HOST = { at: { plain: inventOnion() }, technology: 'tor' }
const OWN: NetworkState = { state: 'startable', detail: 'tor is /usr/bin/tor' }
const STRANGER = 'port 9150 is left alone: user 1099 listens there'
const PROXY = { ...fakeNetwork('socks', { socks: '127.0.0.1:9999' }), name: 'office' }

/** Nobody speaks SOCKS5 that may be spoken to, and byway's own cannot be started. */
function makeUnable(stranger: boolean) {
  return makeTor(
    fakeMeans({
      reveal: () => Promise.resolve(new Secret(HOST.at.plain, true)),
      speaksSocks: () => Promise.resolve(false),
      whyLeftAlone: ({ at }) =>
        Promise.resolve(stranger && 'port' in at && at.port === 9150 ? STRANGER : null),
      daemon: () => ({
        state: () => Promise.resolve(OWN),
        lease: () =>
          Promise.reject(new BywayError('UNAVAILABLE', 'no tor', { hint: 'install tor' })),
      }),
    }),
  )
}

for (const [name, network, stranger, what, mend] of [
  [
    'another person’s',
    fakeNetwork('tor'),
    true,
    STRANGER,
    'if that is a tor of yours, name it: networks.tor.socks',
  ],
  [
    'a proxy of a network that is not of tor',
    PROXY,
    false,
    'network "office": its "socks" is a proxy, and not taken for a tor',
    'if it is one, say "technology": "tor" in networks.office',
  ],
] as const satisfies readonly (readonly [string, Network, boolean, string, string])[]) {
  test(`${name}: the state says so, and what can be done`, async () => {
    const state = await makeUnable(stranger).state(network, signal)
    assert.equal(state, { state: 'startable', detail: `${OWN.detail}; ${what}`, mend })
  })

  test(`${name}: where byway’s own cannot be started, the hint says so as well`, async () => {
    const dial = makeUnable(stranger).dial(fakeRoute(network, HOST), new FakeAttempt())
    const error = await caughtByway('UNAVAILABLE', dial)
    assert.equal([error.message, error.hint], ['no tor', `${what}; ${mend}; or install tor`])
  })
}

test('there is none: nothing is said', async () => {
  const tor = makeUnable(false)
  assert.equal(await tor.state(fakeNetwork('tor'), signal), OWN)
  const dial = tor.dial(fakeRoute(fakeNetwork('tor'), HOST), new FakeAttempt())
  assert.is((await caughtByway('UNAVAILABLE', dial)).hint, 'install tor')
})

test.run()
