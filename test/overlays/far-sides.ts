import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../helpers/cleanup.ts'
import { type Lab, untilSucceeds } from '../helpers/hosts.ts'
import { mustRun } from '../helpers/program.ts'
import { startTailscale } from './tailscale.ts'

/** The hosts that far sides are on. */
export const WEB = 'web01'
export const CONTROL = 'control'

/** One end of an overlay, on a machine; the other end is nowhere yet. */
export interface FarSide {
  readonly technology: string
  /** where the machine is in the overlay */
  readonly address: string
  /** what must not be found in any file but the user's own: a piece of the private key */
  readonly secret: string
  /** the files of the other end, to be copied into a home */
  readonly folder: string
  /** What the configuration says of the daemon; `home`: where those files are then. */
  daemon(home: string): Readonly<Record<string, unknown>>
  /** starts it anew, where it does not get over a peer that is killed */
  renew?(): Promise<void>
}

/** WireGuard: `wireguard-go` on the machine. */
export async function makeWireguard(lab: Lab): Promise<FarSide> {
  const web = lab.host(WEB)
  const folder = makeFolder()
  const [near, far] = [await wireguardKey(), await wireguardKey()]
  const file = join(folder, 'far')
  writeFileSync(file, far.secret, { mode: 0o600 })
  web.start(['wireguard-go', '--foreground', 'wg0'])
  await untilSucceeds(web, ['wg', 'show', 'wg0'])
  const peer = ['peer', near.open, 'allowed-ips', '10.9.0.1/32']
  await web.run(['wg', 'set', 'wg0', 'listen-port', '51820', 'private-key', file, ...peer])
  await web.run(['ip', 'addr', 'add', '10.9.0.2/24', 'dev', 'wg0'])
  await web.run(['ip', 'link', 'set', 'wg0', 'up'])
  const lines = [
    ...['[Interface]', 'Address = 10.9.0.1/24', '[Peer]', `PublicKey = ${far.open}`],
    ...['AllowedIPs = 10.9.0.0/24', `Endpoint = ${web.under}:51820`, ''],
  ]
  const other = makeFolder()
  writeFileSync(join(other, 'vpn.conf'), lines.join('\n'))
  writeFileSync(join(other, 'vpn.key'), near.secret)
  return {
    technology: 'wireguard',
    address: '10.9.0.2',
    secret: near.secret.trim(),
    folder: other,
    daemon: (home) => ({
      config: { file: join(home, 'vpn.conf') },
      key: { file: join(home, 'vpn.key') },
    }),
  }
}

/** yggdrasil: one that listens. */
export async function makeYggdrasil(lab: Lab): Promise<FarSide> {
  const web = lab.host(WEB)
  const uri = `tcp://${web.under}:9002`
  const far = await yggdrasilConfig({ Listen: [uri] })
  const near = await yggdrasilConfig({ Peers: [uri] })
  const { PrivateKey: secret, ...rest } = near
  const file = join(makeFolder(), 'far.conf')
  writeFileSync(file, JSON.stringify(far), { mode: 0o600 })
  const { stdout } = await mustRun(['/usr/sbin/yggdrasil', '-useconffile', file, '-address'])
  await web.run(['mkdir', '-p', '/run/yggdrasil'])
  web.start(['yggdrasil', '-useconffile', file])
  const address = stdout.toString().trim()
  await untilSucceeds(web, ['sh', '-c', `ip -6 addr | grep -qF ${address}`])
  const folder = makeFolder()
  writeFileSync(join(folder, 'ygg.json'), JSON.stringify(rest))
  writeFileSync(join(folder, 'ygg.key'), String(secret))
  return {
    technology: 'yggdrasil',
    address,
    secret: String(secret),
    folder,
    daemon: (home) => ({
      config: { file: join(home, 'ygg.json') },
      key: { file: join(home, 'ygg.key') },
    }),
  }
}

/** tinc: one that listens. */
export async function makeTinc(lab: Lab): Promise<FarSide> {
  const web = lab.host(WEB)
  const [far, near] = [makeFolder(), makeFolder()]
  await tincFolder(far, { name: 'far', address: '10.20.0.2', more: [] })
  await tincFolder(join(near, 'tinc'), {
    name: 'near',
    address: '10.20.0.1',
    more: ['ConnectTo = far'],
  })
  appendFileSync(join(far, 'hosts/far'), `Address = ${web.under}\n`)
  cpSync(join(far, 'hosts/far'), join(near, 'tinc/hosts/far'))
  cpSync(join(near, 'tinc/hosts/near'), join(far, 'hosts/near'))
  const words = ['tincd', '-n', 'mesh', '-c', far, '-D', '-d1', '--pidfile=/run/tinc.mesh.pid']
  let daemon = web.start(words)
  const isUp = () => untilSucceeds(web, ['ip', 'addr', 'show', 'mesh', 'up'])
  await isUp()
  const renew = async () => {
    daemon.kill()
    await daemon.result
    await web.run(['rm', '-f', '/run/tinc.mesh.pid'])
    daemon = web.start(words)
    await isUp()
  }
  const key = readFileSync(join(near, 'tinc/rsa_key.priv'), 'utf8')
  return {
    technology: 'tinc',
    address: '10.20.0.2',
    secret: key.split('\n')[3] ?? '',
    folder: near,
    daemon: (home) => ({ config: { file: join(home, 'tinc') } }),
    renew,
  }
}

/** Tailscale: tailscaled on the machine, and a control server on a third host. */
export async function makeTailscale(lab: Lab): Promise<FarSide> {
  const [web, control] = [lab.host(WEB), lab.host(CONTROL)]
  // without one it takes the computer for offline
  await web.run(['ip', 'route', 'add', 'default', 'via', control.under])
  const tailnet = await startTailscale([{ host: web, tun: true }], control)
  const folder = makeFolder()
  const secret = `tskey-auth-${randomBytes(16).toString('hex')}`
  writeFileSync(join(folder, 'auth.key'), secret)
  return {
    technology: 'tailscale',
    address: tailnet.address(web),
    secret,
    folder,
    daemon: (home) => ({
      key: { file: join(home, 'auth.key') },
      args: [`--login-server=http://${control.under}:9911`, '--accept-dns=false'],
      env: { TS_NO_LOGS_NO_SUPPORT: 'true' },
      // tailscale's test control server tells the machine of a new start only seconds later
      linger: 5,
    }),
  }
}

async function wireguardKey(): Promise<{ secret: string; open: string }> {
  const secret = (await mustRun(['wg', 'genkey'])).stdout.toString()
  const open = (await mustRun(['wg', 'pubkey'], { input: secret })).stdout.toString()
  return { secret, open: open.trim() }
}

async function yggdrasilConfig(more: object): Promise<Record<string, unknown>> {
  const { stdout } = await mustRun(['/usr/sbin/yggdrasil', '-genconf', '-json'])
  return { ...JSON.parse(stdout.toString()), MulticastInterfaces: [], ...more }
}

async function tincFolder(
  folder: string,
  { name, address, more }: { name: string; address: string; more: readonly string[] },
): Promise<void> {
  mkdirSync(join(folder, 'hosts'), { recursive: true })
  const lines = [`Name = ${name}`, 'AddressFamily = ipv4', ...more, '']
  writeFileSync(join(folder, 'tinc.conf'), lines.join('\n'))
  const up = `#!/bin/sh\nip addr add ${address}/24 dev $INTERFACE\nip link set $INTERFACE up\n`
  writeFileSync(join(folder, 'tinc-up'), up)
  chmodSync(join(folder, 'tinc-up'), 0o755)
  await mustRun(['/usr/sbin/tincd', '-c', folder, '-K', '2048'])
  appendFileSync(join(folder, 'hosts', name), `Subnet = ${address}/32\n`)
}
