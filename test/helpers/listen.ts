import { once } from 'node:events'
import {
  type AddressInfo,
  createServer,
  type ListenOptions,
  type Server,
  type ServerOpts,
  type Socket,
} from 'node:net'
import { atExit } from './cleanup.ts'

/** A server of the test's own. */
export interface Listener {
  /** `127.0.0.1`, or empty where it listens on a unix socket */
  readonly host: string
  /** 0 where it listens on a unix socket */
  readonly port: number
  /** how many have connected so far */
  readonly connections: number
  /** the connections that are open */
  readonly open: ReadonlySet<Socket>
  /** Resolves with the next connection, or the first one that nobody has taken so yet. */
  next(): Promise<Socket>
  /** Closes it and what is open in it, at once. */
  stop(): void
}

/** Serves every connection on a free port of loopback, or at a unix socket's path. */
export async function listen(
  serve: (socket: Socket) => void,
  options: ListenOptions = { host: '127.0.0.1', port: 0 },
  more: ServerOpts = {},
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, ...more })
  const listener = new Accepted(server, serve)
  // a test that failed before it stopped its servers must not keep the others from ending
  server.unref()
  server.listen(options)
  await once(server, 'listening')
  return listener
}

/** Ports that have been looked at: none is given to two of this process. */
const tried = new Set<number>()

/**
 * A TCP port of loopback that nobody listens on now, below those that Linux gives to whoever asks
 * for any (ip_local_port_range): nobody gets it by chance before it is used.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (tried.has(port)) continue
    tried.add(port)
    const options = { host: '127.0.0.1', port }
    const listener = await listen((socket) => socket.destroy(), options).catch(() => null)
    listener?.stop()
    if (listener !== null) return port
  }
}

class Accepted implements Listener {
  readonly open = new Set<Socket>()
  readonly stop: () => void
  connections = 0
  readonly #server: Server
  readonly #untaken: Socket[] = []
  readonly #waiting: ((socket: Socket) => void)[] = []
  #address: AddressInfo | null = null

  constructor(server: Server, serve: (socket: Socket) => void) {
    this.#server = server
    server.on('listening', () => {
      const address = server.address()
      if (typeof address === 'object') this.#address = address
    })
    server.on('connection', (socket) => {
      this.#accept(socket)
      serve(socket)
    })
    this.stop = atExit(() => {
      this.#server.close()
      for (const socket of this.open) socket.destroy()
    })
  }

  get host(): string {
    return this.#address?.address ?? ''
  }

  get port(): number {
    return this.#address?.port ?? 0
  }

  next(): Promise<Socket> {
    const socket = this.#untaken.shift()
    if (socket !== undefined) return Promise.resolve(socket)
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #accept(socket: Socket): void {
    this.connections += 1
    this.open.add(socket)
    socket.on('close', () => this.open.delete(socket))
    // whoever is interested in the end of a connection looks at `close`
    socket.on('error', () => {})
    const taker = this.#waiting.shift()
    if (taker === undefined) this.#untaken.push(socket)
    else taker(socket)
  }
}
