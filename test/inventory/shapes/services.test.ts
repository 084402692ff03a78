import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findService } from '../../../src/inventory/shapes/services.ts'

const test = suite('inventory/shapes/services')

const DIRECT = 'clan_lib.network.direct'
const TOR = 'clan_lib.network.tor'

/** service, module, then technology, word for people, default priority, warning */
const CASES: [string | null, string | null, string, string, number, string | null][] = [
  ['clan-core/internet', DIRECT, 'direct', 'direct', 2000, null],
  ['clan-core/wireguard', DIRECT, 'wireguard', 'direct', 1000, null],
  ['clan-core/zerotier', 'clan_lib.network.zerotier', 'zerotier', 'zerotier', 900, null],
  ['clan-core/mycelium', DIRECT, 'mycelium', 'direct', 800, null],
  ['clan-core/yggdrasil', DIRECT, 'yggdrasil', 'direct', 2000, null],
  ['clan-core/tor', DIRECT, 'tor', 'direct', 10, null],
  ['clan-core/tor', TOR, 'tor', 'tor', 10, null],
  ['clan-core/tor', null, 'tor', 'tor', 10, null],
  ['clan-core/p2p-ssh-iroh', 'clan_lib.network.p2p_ssh_iroh', 'iroh', 'p2p_ssh_iroh', 3000, null],
  ['@acme/tailscale', DIRECT, 'tailscale', 'direct', 1000, null],
  ['tinc', null, 'tinc', 'tinc', 1000, null],
  ['clan-core/internet', TOR, 'tor', 'tor', 2000, null],
  ['acme/hidden', TOR, 'tor', 'tor', 10, null],
  [null, DIRECT, 'direct', 'direct', 1000, null],
  [null, TOR, 'tor', 'tor', 10, null],
  [null, null, 'direct', 'direct', 1000, null],
  ['http', DIRECT, 'direct', 'direct', 1000, 'the service "http" is not known, taken as direct'],
  [
    'acme/pigeon',
    null,
    'direct',
    'direct',
    1000,
    'the service "acme/pigeon" is not known, taken as direct',
  ],
  [
    'acme/pigeon',
    'acme.pigeon',
    'direct',
    'pigeon',
    1000,
    'the module "acme.pigeon" is not known, taken as direct',
  ],
  ['clan-core/tor', 'x.y', 'tor', 'y', 10, 'the module "x.y" is not known, taken as tor'],
  [null, 'x.y', 'direct', 'y', 1000, 'the module "x.y" is not known, taken as direct'],
  [
    'constructor',
    '__proto__',
    'direct',
    '__proto__',
    1000,
    'the module "__proto__" is not known, taken as direct',
  ],
]

for (const [service, module, technology, word, priority, warning] of CASES) {
  test(`service ${service}, module ${module}`, () => {
    const wanted = { technology, module: word, priority, warning }
    assert.equal(findService({ service, module, generators: [] }), wanted)
  })
}

const GENERATORS: [string[], string][] = [
  [['tor_onion'], 'tor'],
  [['zerotier'], 'zerotier'],
  [['zerotier-ip-kestrel-mesh'], 'zerotier'],
  [['wireguard-network-hub'], 'wireguard'],
  [['p2p-ssh-iroh-holepunch'], 'iroh'],
  [['user-password', 'tor_x'], 'tor'],
  [['direct_x'], 'direct'],
  [['torrent'], 'direct'],
]

for (const [generators, technology] of GENERATORS) {
  test(`where nothing else is said, the generators ${generators.join(', ')} tell`, () => {
    for (const module of [null, DIRECT]) {
      assert.is(findService({ service: null, module, generators }).technology, technology)
    }
  })
}

test('a named service goes before the generators', () => {
  const words = { service: 'clan-core/wireguard', module: DIRECT, generators: ['tor_x'] }
  assert.is(findService(words).technology, 'wireguard')
})

test.run()
