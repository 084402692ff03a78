import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Launch } from '../../core/daemon.ts'
import { type Given, IP, type Recipe } from './recipe.ts'
import { readWireguardConfig } from './wireguard-config.ts'

/**
 * Arguments: MTU, addresses, prefixes. The kernel's WireGuard where it has one, else wireguard-go. A
 * default route has to leave the tunnel's own packets out: they are marked, as wg-quick does it.
 */
const SCRIPT = `set -e
cd "$BYWAY_RUN"
daemon=
if ! ip link add wg0 type wireguard 2>/dev/null; then
  wireguard-go --foreground wg0 &
  daemon=$!
  until [ -S /run/wireguard/wg0.sock ]; do kill -0 $daemon; sleep 0.01; done
fi
wg setconf wg0 files/wireguard.conf
for address in $2; do ip address add "$address" dev wg0; done
ip link set mtu "$1" up dev wg0
for prefix in $3; do
  case $prefix in
    */0)
      case $prefix in *:*) family=-6 ;; *) family=-4 ;; esac
      wg set wg0 fwmark 51820
      ip $family route add "$prefix" dev wg0 table 51820
      ip $family rule add not fwmark 51820 table 51820
      ip $family rule add table main suppress_prefixlength 0 ;;
    *) ip route replace "$prefix" dev wg0 ;;
  esac
done
echo ready >&3
if [ -n "$daemon" ]; then wait $daemon; else exec tail -f /dev/null; fi
`

/** WireGuard's own choice (wg-quick(8)), where nobody knows better. */
const MTU = '1420'

/** WireGuard with an interface of its own. */
export const wireguard: Recipe = {
  name: 'wireguard-go',
  namespace: true,
  needs: [
    ...(hasKernelModule() ? [] : [{ program: 'wireguard-go', debian: 'wireguard-go' } as const]),
    { program: 'wg', debian: 'wireguard-tools' },
    IP,
  ],
  wants: [['config']],
  launch: ({ config, key, env }) => {
    const { stripped, mtu, addresses, allowed } = readWireguardConfig(config ?? '', key)
    return {
      kind: 'namespace',
      script: SCRIPT,
      command: [mtu ?? MTU, addresses.join(' '), allowed.join(' ')],
      env,
      files: { 'wireguard.conf': stripped },
      ready: null,
    }
  },
}

/** WireGuard behind a SOCKS5 proxy, without any interface. */
export const wireproxy: Recipe = {
  name: 'wireproxy',
  namespace: false,
  needs: [{ program: 'wireproxy', source: 'github.com/pufferffish/wireproxy' }],
  wants: [['config']],
  launch: makeWireproxy,
}

/** Its port is open to all users of this computer, so that it wants a password. */
async function makeWireproxy({ config, key, args, env }: Given): Promise<Launch> {
  const { stripped, mtu, addresses } = readWireguardConfig(config ?? '', key)
  const port = await findFreePort()
  const [user, password] = [secretWord(), secretWord()]
  const own = [`Address = ${addresses.join(', ')}`, ...(mtu === null ? [] : [`MTU = ${mtu}`])]
  const socks = [`BindAddress = 127.0.0.1:${port}`, `Username = ${user}`, `Password = ${password}`]
  const text = stripped.replace('[Interface]', ['[Interface]', ...own].join('\n'))
  return {
    kind: 'program',
    command: ['wireproxy', '--silent', '--config', '{folder}/files/wireproxy.conf', ...args],
    env,
    files: { 'wireproxy.conf': `${text}\n[Socks5]\n${socks.join('\n')}\n` },
    ready: { socks: true },
    finish: null,
    way: { socks: { host: '127.0.0.1', port, user, password } },
  }
}

/** Loaded: one that is not yet cannot be told from none. */
function hasKernelModule(): boolean {
  return existsSync('/sys/module/wireguard')
}

function secretWord(): string {
  return randomBytes(16).toString('hex')
}

/** Somebody may take it before wireproxy does, which then ends, and says why. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
