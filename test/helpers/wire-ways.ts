import { connect } from 'node:net'
import type { SocketAddress } from '../../src/core/means.ts'
import type { Network, Route, Technology } from '../../src/core/types.ts'
import { makeMeans } from '../../src/means.ts'
import { makeTechnologies } from '../../src/networks/table.ts'
import { dialUpgrade } from '../../src/transports/upgrade.ts'
import type { Certificate } from './certificates.ts'
import { startHttpProxy } from './http-proxy.ts'
import { type Listener, listen } from './listen.ts'
import { inventOnion } from './onion-names.ts'
import { type Address, join } from './peers.ts'
import { type SocksOptions, startSocks } from './socks-server.ts'

/** One kind of peer that byway shakes hands with, and what stands behind a fault proxy. */
export interface WireWay {
  readonly name: string
  /** the fault proxy is to listen at a unix socket */
  readonly unix?: boolean
  /** what the fault proxy passes on to: a proxy that leads to the peer, or the peer */
  readonly to: SocketAddress
  /** the network, where the fault proxy is at this address */
  network(at: SocketAddress): Pick<Network, 'technology' | 'settings'>
  /** what byway asks for; the fault proxy's own address where it is absent */
  readonly host?: Address
  /** index of the connection that becomes the stream: some try something else first */
  readonly stream: number
  /** bytes of the answers in the connections before that byway looks at; all where it is absent */
  readonly looksAt?: number
  /** bytes of the stream's connection before the last answer of the handshake */
  readonly lastAnswer: number
  /** the bytes of the handshake differ from one time to the next, and are not the peer's own */
  readonly sealed?: boolean
  stop(): void
}

const USER = { user: 'deploy', password: 'hunter2' }

/** Everything that a fault proxy can stand before, in front of an SSH server at `peer`. */
export async function openWireWays(peer: Address, certificate: Certificate): Promise<WireWay[]> {
  const onion = inventOnion()
  const names = { 'web.example': peer, [onion]: peer }
  const socks = (name: string, options: SocksOptions) => socksWay(name, { ...options, names })
  return [
    {
      name: 'SSH banner',
      to: peer,
      network: () => ({ technology: 'direct', settings: {} }),
      stream: 0,
      lastAnswer: 0,
      stop: () => {},
    },
    await socks('SOCKS5', {}),
    await socks('SOCKS5, IPv6 reply', { bound: 'ipv6' }),
    await socks('SOCKS5, name in reply', { bound: 'name' }),
    await socks('SOCKS5, user and password', { credentials: USER }),
    { ...(await socks('SOCKS5, unix socket', {})), unix: true },
    await torWay(onion, peer),
    await httpWay('HTTP CONNECT', peer, {}),
    await httpWay('HTTP CONNECT, password', peer, { login: 'deploy:hunter2' }),
    await httpWay('HTTP CONNECT, TLS', peer, { certificate }),
    await upgradeWay(peer),
  ]
}

/** The technologies as they are, and `upgrade`: tailscaled's LocalAPI at a TCP port. */
export function makeWireTechnologies(): ReadonlyMap<string, Technology> {
  const inventory = { header: { daemons: {} } } as Parameters<typeof makeMeans>[0]['inventory']
  const flags: Parameters<typeof makeMeans>[0]['flags'] = { verbosity: 0 }
  const voice = { tell: () => {}, progress: () => {} }
  const means = makeMeans({ flags, voice, inventory })
  return new Map([...makeTechnologies(means), ['upgrade', UPGRADE]])
}

const UPGRADE: Technology = {
  name: 'upgrade',
  state: () => Promise.resolve({ state: 'running', detail: '' }),
  dial: ({ host, port }: Route, attempt) => {
    const at = { host: 'plain' in host.at ? host.at.plain : '', port }
    const headers = { Host: 'local-tailscaled.sock', 'Dial-Host': 'web', 'Dial-Port': '22' }
    const request = { method: 'POST', path: '/localapi/v0/dial', protocol: 'ts-dial', headers }
    return dialUpgrade({ at, description: 'tailscaled' }, request, attempt)
  },
}

async function socksWay(name: string, options: SocksOptions): Promise<WireWay> {
  const server = await startSocks(options)
  const user = options.credentials === undefined ? '' : 'deploy:hunter2@'
  return {
    name,
    to: { host: server.host, port: server.port },
    network: (at) => ({
      technology: 'socks',
      settings: { socks: 'path' in at ? `unix:${at.path}` : `socks5h://${user}${show(at)}` },
    }),
    host: { host: 'web.example', port: 22 },
    stream: 0,
    lastAnswer: options.credentials === undefined ? 2 : 4,
    stop: () => server.stop(),
  }
}

async function torWay(onion: string, peer: Address): Promise<WireWay> {
  const server = await startSocks({ names: { [onion]: peer }, anyUser: true })
  return {
    name: "tor's SOCKS",
    to: { host: server.host, port: server.port },
    network: (at) => ({ technology: 'tor', settings: { socks: show(at) } }),
    host: { host: onion, port: 22 },
    // it is asked first what it is
    stream: 1,
    looksAt: 1,
    lastAnswer: 4,
    stop: () => server.stop(),
  }
}

async function httpWay(
  name: string,
  peer: Address,
  options: Parameters<typeof startHttpProxy>[0],
): Promise<WireWay> {
  const server = await startHttpProxy(options)
  const scheme = options?.certificate === undefined ? 'http' : 'https'
  const user = options?.login === undefined ? '' : `${options.login}@`
  return {
    name,
    to: { host: '127.0.0.1', port: server.port },
    network: (at) => ({
      technology: 'http',
      settings: { http: `${scheme}://${user}${show(at)}` },
    }),
    host: peer,
    // nobody that Node trusts by itself has signed the certificate
    stream: scheme === 'https' ? 1 : 0,
    lastAnswer: 0,
    sealed: scheme === 'https',
    stop: () => server.stop(),
  }
}

async function upgradeWay(peer: Address): Promise<WireWay> {
  const server = await startLocalApi(peer)
  return {
    name: 'LocalAPI',
    to: { host: server.host, port: server.port },
    network: () => ({ technology: 'upgrade', settings: {} }),
    stream: 0,
    lastAnswer: 0,
    stop: () => server.stop(),
  }
}

/** As tailscaled gives streams: 101, then the bytes. */
function startLocalApi(peer: Address): Promise<Listener> {
  return listen((socket) => {
    let head = ''
    const hear = (bytes: Buffer) => {
      head += bytes.toString('latin1')
      if (!head.endsWith('\r\n\r\n')) return
      socket.off('data', hear)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: ts-dial\r\n\r\n')
      join(socket, connect({ ...peer, allowHalfOpen: true }))
    }
    socket.on('data', hear)
  })
}

function show(at: SocketAddress): string {
  return 'path' in at ? at.path : `${at.host}:${at.port}`
}
