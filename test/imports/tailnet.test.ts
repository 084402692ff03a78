import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readTailnet } from '../../src/imports/tailnet.ts'
import { caughtByway } from '../helpers/errors.ts'

const test = suite('a tailnet as machines')

const STATUS = {
  Version: '1.80.0',
  BackendState: 'Running',
  Self: {
    HostName: 'My Laptop',
    DNSName: 'laptop.tail1234.ts.net.',
    OS: 'linux',
    TailscaleIPs: ['100.64.0.1', 'fd7a:115c:a1e0::1'],
  },
  Peer: {
    'nodekey:1': {
      HostName: 'web01',
      DNSName: 'web01-1.tail1234.ts.net.',
      OS: 'linux',
      TailscaleIPs: ['100.64.0.2', 'fd7a:115c:a1e0::2'],
    },
    'nodekey:2': { HostName: 'phone', DNSName: 'phone.tail1234.ts.net.', OS: 'iOS' },
    'nodekey:3': { HostName: 'gone', DNSName: '', OS: 'linux', TailscaleIPs: null },
    'nodekey:4': {
      DNSName: 'se-sto-wg-001.mullvad.ts.net.',
      TailscaleIPs: ['100.64.0.9'],
      Tags: ['tag:mullvad-exit-node'],
    },
  },
}

test('computers by the names that the tailnet has for them', () => {
  const { found } = readTailnet(STATUS, 'it')
  const hosts = found.map(({ machine, peer }) => [machine, peer.hosts])
  assert.equal(hosts, [
    ['laptop', STATUS.Self.TailscaleIPs],
    ['web01-1', STATUS.Peer['nodekey:1'].TailscaleIPs],
  ])
})

test('what is left out, and why', () => {
  const { leftOut } = readTailnet(STATUS, 'it')
  assert.equal(leftOut, [
    { name: 'phone', why: 'iOS has no SSH server' },
    { name: 'gone', why: 'it has no address in the tailnet' },
    { name: 'se-sto-wg-001', why: "Mullvad's, a way out and no machine" },
  ])
})

for (const document of [null, 1, [], {}, { networks: {} }, { Peer: { a: 1 } }, { Self: null }]) {
  test(`no tailnet: ${JSON.stringify(document)}`, async () => {
    const error = await caughtByway('DATAERR', () => readTailnet(document, 'it'))
    assert.match(error.message, 'expected what "tailscale status --json" prints')
  })
}

test.run()
