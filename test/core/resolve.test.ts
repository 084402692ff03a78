import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveRoutes, SSH_PORT, technologyOf, timeoutOf } from '../../src/core/resolve.ts'
import type { Host, Machine, Network, Peer, Route } from '../../src/core/types.ts'
import { caughtByway } from '../helpers/errors.ts'

const test = suite('core/resolve')

const ANY = { networks: [], port: SSH_PORT }

const machine = machineOf(
  [
    network('vpn', 'wireguard'),
    peer(2200, { at: { plain: '10.0.0.1' } }, { at: { plain: '10.0.0.2' }, port: 2201 }),
  ],
  [network('internet'), peer(null, { at: { plain: 'web.example' } })],
  [network('tor', 'tor'), peer(null)],
)

test('all hosts of all networks, in order', () => {
  assert.equal(places(resolveRoutes(machine, ANY)), [
    'vpn 10.0.0.1 2200',
    'vpn 10.0.0.2 2201',
    'internet web.example 22',
  ])
})

for (const port of [2200, 2201]) {
  test(`a port that the machine has in a network, ${port}, is each network’s own`, () => {
    const own = resolveRoutes(machine, ANY)
    assert.equal(resolveRoutes(machine, { networks: [], port }), own)
  })
}

test('a port that was asked for overrules all', () => {
  assert.equal(places(resolveRoutes(machine, { networks: [], port: 443 })), [
    'vpn 10.0.0.1 443',
    'vpn 10.0.0.2 443',
    'internet web.example 443',
  ])
})

test('only the networks that were asked for', () => {
  const wish = { networks: ['internet'], port: SSH_PORT }
  assert.equal(places(resolveRoutes(machine, wish)), ['internet web.example 22'])
})

test('the order is the machine’s, not the wish’s', () => {
  const wish = { networks: ['internet', 'vpn', 'internet'], port: SSH_PORT }
  const names = resolveRoutes(machine, wish).map((route) => route.network.name)
  assert.equal(names, ['vpn', 'vpn', 'internet'])
})

test('a network without hosts gives no route', () => {
  assert.equal(resolveRoutes(machine, { networks: ['tor'], port: SSH_PORT }), [])
})

test('machine and clan’s directory go along', () => {
  const [route] = resolveRoutes(machine, ANY)
  assert.equal([route?.machine, route?.clan], ['web', '/clan'])
})

test('a network that the machine is not in', async () => {
  const wish = { networks: ['vpn', 'vpm'], port: SSH_PORT }
  const error = await caughtByway('NOHOST', () => resolveRoutes(machine, wish))
  assert.is(error.message, 'machine "web" is not in network "vpm"')
  assert.is(error.hint, 'did you mean vpn? its networks: vpn, internet, tor')
})

test('a machine that is in none', async () => {
  assert.equal(resolveRoutes(machineOf(), ANY), [])
  const wish = { networks: ['vpn'], port: SSH_PORT }
  const error = await caughtByway('NOHOST', () => resolveRoutes(machineOf(), wish))
  assert.is(error.hint, 'it is in none')
})

const TECHNOLOGIES: readonly [name: string, host: Host, network: Network, expected: string][] = [
  ['the network’s', { at: { plain: 'x' } }, network('n', 'wireguard'), 'wireguard'],
  ['the host’s, where it has one', { at: { plain: 'x' }, technology: 'tor' }, network('n'), 'tor'],
]

for (const [name, host, own, expected] of TECHNOLOGIES) {
  test(`technology: ${name}`, () => assert.is(technologyOf({ host, network: own }), expected))
}

const TIMEOUTS: readonly [name: string, host: Partial<Host>, network: Network, expected: number][] =
  [
    ['the general one', {}, network('n'), 10],
    ['tor’s own', {}, network('n', 'tor'), 60],
    ['tor’s own, by the host', { technology: 'tor' }, network('n'), 60],
    ['the network’s setting', {}, network('n', 'direct', 3), 3],
    ['the network’s setting goes before tor’s own', {}, network('n', 'tor', 3), 3],
    ['a technology that nobody knows', {}, network('n', 'pigeon'), 10],
  ]

for (const [name, host, own, expected] of TIMEOUTS) {
  test(`timeout: ${name}`, () => {
    const [route] = resolveRoutes(machineOf([own, peer(22, { at: { plain: 'x' }, ...host })]), ANY)
    assert.is(timeoutOf(route as Route, 10), expected)
  })
}

test.run()

function network(name: string, technology = 'direct', timeout?: number): Network {
  const settings = timeout === undefined ? {} : { timeout }
  return { name, priority: 1000, technology, module: technology, settings }
}

function peer(port: number | null, ...hosts: Host[]): Peer {
  return { hosts, port, user: null, sshOptions: [] }
}

function machineOf(...memberships: (readonly [Network, Peer])[]): Machine {
  const list = memberships.map(([own, its]) => ({ network: own, peer: its }))
  return { name: 'web', clan: '/clan', memberships: list }
}

function places(routes: readonly Route[]): string[] {
  return routes.map(({ network: { name }, host, port }) => {
    return `${name} ${'plain' in host.at ? host.at.plain : '?'} ${port}`
  })
}
