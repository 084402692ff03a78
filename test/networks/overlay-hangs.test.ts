import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { FakeComputer } from '../helpers/fake-computer.ts'
import { stateOn } from '../helpers/state-cases.ts'

const test = suite('networks: overlays that hang')

const HANGING: Readonly<Record<string, FakeComputer>> = {
  wireguard: {
    interfaces: { wg0: 'wireguard' },
    programs: { 'wg show wg0 latest-handshakes': 'hangs' },
  },
  zerotier: { http: { '127.0.0.1:9993/health': 'hangs' } },
  mycelium: { http: { '127.0.0.1:8989/api/v1/admin': 'hangs' } },
  yggdrasil: { json: { '/var/run/yggdrasil/yggdrasil.sock': 'hangs', '127.0.0.1:9001': 'hangs' } },
  tailscale: {
    http: { '/var/run/tailscale/tailscaled.sock/localapi/v0/status?peers=false': 'hangs' },
  },
}

for (const [technology, computer] of Object.entries(HANGING)) {
  test(`${technology}: what hangs is not waited for`, async () => {
    // timers of signals keep no process alive, as open sockets do
    const alive = setInterval(() => {}, 1000)
    const began = performance.now()
    const { state } = await stateOn(computer, technology)
    const ms = performance.now() - began
    clearInterval(alive)
    assert.is(state, technology === 'wireguard' ? 'running' : 'absent')
    // what hangs here hangs for ever: any end will do, however busy the machine is
    assert.ok(ms < 5000, `${ms} ms`)
  })
}

test.run()
