import { connect, type Socket } from 'node:net'
import { type Listener, listen } from './listen.ts'
import { join } from './peers.ts'

/** What the proxy does with whoever comes. */
export interface SocksOptions {
  /** a unix socket's path, instead of a port on loopback */
  readonly path?: string
  /** only who says these is let in (RFC 1929) */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** the reply code, instead of a connection (RFC 1928 section 6) */
  readonly reply?: number
  /** what the bound address in the reply is: replies differ in length by it */
  readonly bound?: 'ipv4' | 'ipv6' | 'name'
  /** whoever says a user and a password is let in, as tor does it */
  readonly anyUser?: boolean
  /** names and where they are; a name that is not in here is unknown (reply 4) */
  readonly names?: Readonly<Record<string, { readonly host: string; readonly port: number }>>
  /** the reply and the peer's first bytes leave in one segment */
  readonly merged?: boolean
  /** every byte of the handshake leaves in a segment of its own */
  readonly dribble?: boolean
  /** milliseconds before the reply */
  readonly delay?: number
  /** closes once this many bytes of the peer have been passed on */
  readonly cutAfter?: number
}

/** A proxy of the test's own, and what it saw. */
export interface SocksServer extends Listener {
  /** as `"socks"` of a network has it: `127.0.0.1:1080` or `unix:/path`, without credentials */
  readonly address: string
  /** hosts that were asked for, in order: names as names, addresses as dotted text */
  readonly asked: readonly string[]
}

const BOUND = {
  ipv4: Buffer.from([1, 127, 0, 0, 1, 0, 22]),
  ipv6: Buffer.from([4, ...new Array<number>(15).fill(0), 1, 0, 22]),
  name: Buffer.from('\x03\x09localhost\x00\x16', 'latin1'),
}

/**
 * Starts a SOCKS5 proxy that only knows CONNECT. It stands in for a real one where the order and
 * the grouping of single bytes matter, which a real proxy cannot be told. That byway works with
 * proxies as they are is tested with `ssh -D`.
 */
export async function startSocks(options: SocksOptions = {}): Promise<SocksServer> {
  const asked: string[] = []
  const where = options.path === undefined ? { host: '127.0.0.1', port: 0 } : { path: options.path }
  const listener = await listen((socket) => {
    serve(socket, { options, asked }).catch(() => socket.destroy())
  }, where)
  const { path } = options
  const address = path === undefined ? `${listener.host}:${listener.port}` : `unix:${path}`
  return Object.assign(listener, { address, asked })
}

interface Session {
  readonly options: SocksOptions
  readonly asked: string[]
}

async function serve(socket: Socket, { options, asked }: Session): Promise<void> {
  const wire = new Wire(socket, options.dribble === true)
  if (!(await authenticate(wire, options))) return void socket.end()
  const { name, port } = await readRequest(wire)
  asked.push(name)
  await wait(options.delay)
  const known = options.names?.[name] ?? literal(name, port, options)
  const code = options.reply ?? (known === null ? 4 : 0)
  if (code !== 0 || known === null) {
    await wire.write(reply(code, options))
    return void socket.end()
  }
  await pass(wire, connect(known), options)
}

async function authenticate(wire: Wire, options: SocksOptions): Promise<boolean> {
  const { credentials, anyUser = false } = options
  const [version = 0, count = 0] = await wire.read(2)
  const methods = await wire.read(count)
  const wanted = credentials !== undefined || (anyUser && methods.includes(2)) ? 2 : 0
  const known = version === 5 && methods.includes(wanted)
  await wire.write(Buffer.from([5, known ? wanted : 0xff]))
  if (!known || wanted === 0) return known
  await wire.read(1)
  const user = await wire.readCounted()
  const password = await wire.readCounted()
  const right = anyUser || (user === credentials?.user && password === credentials.password)
  await wire.write(Buffer.from([1, right ? 0 : 1]))
  return right
}

async function readRequest(wire: Wire): Promise<{ name: string; port: number }> {
  const [, , , kind = 0] = await wire.read(4)
  const name =
    kind === 3 ? await wire.readCounted() : [...(await wire.read(kind === 1 ? 4 : 16))].join('.')
  const port = (await wire.read(2)).readUInt16BE()
  return { name, port }
}

function literal(host: string, port: number, { names }: SocksOptions) {
  const isAddress = /^[\d.]+$/.test(host)
  return names === undefined || isAddress ? { host, port } : null
}

function reply(code: number, { bound = 'ipv4' }: SocksOptions): Buffer {
  return Buffer.concat([Buffer.from([5, code, 0]), BOUND[bound]])
}

async function pass(wire: Wire, peer: Socket, options: SocksOptions): Promise<void> {
  const { socket } = wire
  peer.on('error', () => socket.destroy())
  socket.on('close', () => peer.destroy())
  const granted = reply(0, options)
  if (options.merged === true) {
    const first = await new Promise<Buffer>((resolve) => peer.once('data', resolve))
    peer.pause()
    socket.write(Buffer.concat([granted, first]))
  } else await wire.write(granted)
  wire.release()
  if (options.cutAfter === undefined) return join(socket, peer)
  cut(socket, peer, options.cutAfter)
}

function cut(socket: Socket, peer: Socket, bytes: number): void {
  let left = bytes
  socket.pipe(peer)
  peer.on('data', (chunk: Buffer) => {
    socket.write(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) socket.destroySoon()
  })
}

function wait(ms: number | undefined): Promise<void> {
  return ms === undefined ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
}

/** A socket read and written as a handshake needs it. */
class Wire {
  readonly socket: Socket
  readonly #dribble: boolean
  #wake = () => {}

  constructor(socket: Socket, dribble: boolean) {
    this.socket = socket
    this.#dribble = dribble
    // one for all reads: whoever begins to listen is told at once of what is there already
    for (const event of ['readable', 'end', 'close']) socket.on(event, () => this.#wake())
  }

  /** Exactly this many bytes. Throws when the other side ends before. */
  async read(count: number): Promise<Buffer> {
    if (count === 0) return Buffer.alloc(0)
    for (;;) {
      const bytes: Buffer | null = this.socket.read(count)
      if (bytes?.length === count) return bytes
      // at the end there is what is left
      if (bytes !== null || this.socket.readableEnded || this.socket.destroyed)
        throw new Error('ended')
      await this.#news()
    }
  }

  /** Resolves when there is more to read, or nothing any more. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** A text whose length stands before it in a byte. */
  async readCounted(): Promise<string> {
    const [length = 0] = await this.read(1)
    return (await this.read(length)).toString()
  }

  async write(bytes: Buffer): Promise<void> {
    const pieces = this.#dribble ? Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)) : [bytes]
    for (const piece of pieces) {
      await new Promise((resolve) => this.socket.write(piece, resolve))
    }
  }

  /** Leaves the socket to somebody else. */
  release(): void {
    this.socket.removeAllListeners('readable')
  }
}
