import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { revealHost } from '../../src/core/route-host.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Host } from '../../src/core/types.ts'
import { caughtByway, hides } from '../helpers/errors.ts'
import { FakeAttempt } from '../helpers/fake-attempt.ts'
import { fakeMeans, fakeNetwork, fakeRoute } from '../helpers/fake-means.ts'
import { inventOnion } from '../helpers/onion-names.ts'

const ONION = inventOnion()
const TICKET = `node${'a2'.repeat(40)}`
const VAR: Host = { at: { var: { machine: 'web', generator: 'g', file: 'f' } } }
/** What a password may look like. */
const WORDS = ['hunter2', 'correct.horse', 'aa2345bb', 'db8:hunter2', '192.0.2.7%hunter2']
const ALL = ['direct', 'socks', 'http', 'jump', 'command', 'tor', 'wireguard', 'tailscale']

const test = suite('core/route-host')

for (const [technology, value] of [
  ...ALL.flatMap((technology) => WORDS.map((word) => [technology, word] as const)),
  ...ALL.filter((name) => name !== 'command').map((name) => [name, TICKET] as const),
  ['iroh', 'hunter2'],
  ['iroh', 'aa2345bb'],
] as const) {
  test(`a secret var that is ${value.slice(0, 20)} is not for ${technology}`, async () => {
    const error = await caughtByway('DATAERR', reveal(technology, new Secret(value)))
    assert.is(
      error.message,
      'var "web/g/f" is a secret, and no address, onion name or ticket: nobody is told it',
    )
    assert.match(error.hint ?? '', /public var.*"allowCommands"/)
    hides(error, value)
  })
}

for (const [technology, value] of [
  ...ALL.flatMap((technology) =>
    ['192.0.2.7', '2001:db8::7', 'fe80::7%eth0'].map((address) => [technology, address] as const),
  ),
  ['tor', ONION],
  ['iroh', TICKET],
  ['command', TICKET],
] as const) {
  test(`a secret var that is ${value.slice(0, 20)} is for ${technology}`, async () => {
    assert.is((await reveal(technology, new Secret(value))).reveal(), value)
  })
}

test('an onion name is no other technology’s, whoever trusts whom', async () => {
  for (const technology of ALL.filter((name) => name !== 'tor')) {
    const work = reveal(technology, new Secret(ONION), { trusted: true })
    await caughtByway('UNAVAILABLE', work)
  }
})

for (const [name, value, trusted, host] of [
  ['of a public var', new Secret('web.example', true), false, VAR],
  ['of a secret var, where its source is trusted', new Secret('web.example'), true, VAR],
  ['that is plain', new Secret('web.example', true), false, { at: { plain: 'web.example' } }],
  [
    'that the cache does not hold',
    new Secret(TICKET),
    false,
    { at: { excerpt: { source: '/x', offset: 0, length: 1, state: '' } } },
  ],
] as const) {
  test(`any host ${name}`, async () => {
    assert.is(await reveal('socks', value, { trusted, host }), value)
  })
}

test.run()

interface Given {
  readonly host?: Host
  /** the user's configuration trusts the network's source */
  readonly trusted?: boolean
}

function reveal(technology: string, value: Secret, { host = VAR, trusted = false }: Given = {}) {
  const means = fakeMeans({ reveal: () => Promise.resolve(value), trusts: () => trusted })
  return revealHost(fakeRoute(fakeNetwork(technology), host), means, new FakeAttempt())
}
