import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Certificate } from './certificates.ts'
import { atExit } from './cleanup.ts'
import { join } from './peers.ts'

/** How the proxy is. */
export interface HttpProxyOptions {
  /** TLS on the way to the proxy */
  readonly certificate?: Certificate
  /** `user:password`, without which nothing is opened */
  readonly login?: string
}

/** An HTTP proxy that does CONNECT, on loopback. */
export interface TestHttpProxy {
  readonly port: number
  /** what was asked for, in order */
  readonly asked: readonly string[]
  stop(): void
}

/** Starts a proxy that opens what it is asked for. */
export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<TestHttpProxy> {
  const { certificate, login } = options
  const server = certificate === undefined ? createServer() : createTlsServer({ ...certificate })
  const asked: string[] = []
  const sockets = new Set<Socket>()
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    asked.push(request.url ?? '')
    sockets.add(client)
    if (login !== undefined && !isAllowed(request, login)) return refuse(client)
    open(request.url ?? '', client, head)
  })
  server.on('secureConnection', (socket: Socket) => sockets.add(socket))
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), asked, stop: atExit(() => stop(server, sockets)) }
}

function open(authority: string, client: Socket, head: Buffer): void {
  const { hostname, port } = new URL(`http://${authority}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const peer = connect({ host, port: Number(port || 80), allowHalfOpen: true })
  client.allowHalfOpen = true
  peer.on('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    peer.write(head)
    join(client, peer)
  })
  peer.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  client.on('error', () => peer.destroy())
}

function isAllowed({ headers }: IncomingMessage, login: string): boolean {
  const basic = `Basic ${Buffer.from(login).toString('base64')}`
  return headers['proxy-authorization'] === basic
}

function refuse(client: Socket): void {
  client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function stop(server: Server, sockets: ReadonlySet<Socket>): void {
  server.close()
  for (const socket of sockets) socket.destroy()
}
