// serial
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Lab, makeLab } from '../helpers/hosts.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { openDesk } from './desk.ts'
import { type FarSide, makeWireguard, WEB } from './far-sides.ts'
import { Seat } from './seat.ts'

/** The desk outside of WireGuard, by IPv6, and the machine, to which only the default route leads. */
const DESK_V6 = 'fd00:5::1'
const GATEWAY_V6 = 'fd00:5::2'
const WEB_V6 = 'fd00:6::2'

interface Context {
  lab: Lab
  sshd: Sshd
  far: FarSide
}

const test = suite<Context>('wireguard on demand, as people write its file')

test.before(async (context) => {
  context.lab = await makeLab(['desk', WEB])
  const [desk, web] = [context.lab.host('desk'), context.lab.host(WEB)]
  context.sshd = await startSshd({ inside: web.inside, listen: ['0.0.0.0', '::'] })
  context.far = await makeWireguard(context.lab)
  await openDesk(context.lab)
  for (const [host, address] of [
    [web, GATEWAY_V6],
    [web, WEB_V6],
    [desk, DESK_V6],
  ] as const) {
    await host.run(['ip', 'addr', 'add', `${address}/64`, 'dev', 'eth1', 'nodad'])
  }
  await desk.run(['ip', 'route', 'add', 'default', 'via', GATEWAY_V6])
})

test.after(({ lab, sshd }) => {
  lab?.stop()
  sshd?.stop()
})

/** A seat whose file has these instead of its lines for AllowedIPs and Endpoint. */
function sit({ lab, ...parts }: Context, allowed: string, endpoint: string): Promise<Seat> {
  const file = join(parts.far.folder, 'vpn.conf')
  const lines = readFileSync(file, 'utf8')
    .replace(/^AllowedIPs.*$/m, `AllowedIPs = ${allowed}`)
    .replace(/^Endpoint.*$/m, `Endpoint = ${endpoint}:51820`)
  writeFileSync(file, lines)
  return Seat.make(lab.host('desk'), parts)
}

async function logsIn(seat: Seat): Promise<void> {
  const { stdout, stderr } = await seat.ssh('relay', ['echo in'])
  assert.is(stdout.toString(), 'in\n', stderr)
}

test('AllowedIPs with host bits', async (context) => {
  const seat = await sit(context, '10.9.0.77/24', context.lab.host(WEB).under)
  await logsIn(seat)
  await seat.leavesNothing()
})

test('all of IPv4 and IPv6, as providers write it: an IPv6 endpoint stays out of the tunnel', async (context) => {
  const seat = await sit(context, '0.0.0.0/0,::0/0', `[${WEB_V6}]`)
  await logsIn(seat)
  await seat.leavesNothing()
})

test.run()
