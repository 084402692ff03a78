import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { SocksClient } from 'socks'
import { BywayError } from '../core/errors.ts'
import type { SocksProxy, SocksReply } from '../core/means.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection, Target } from '../core/types.ts'
import { openProxy } from './socks-proxy.ts'

/** The attempt's signal is the limit; the library's own timer must not be a second one. */
const NO_TIMEOUT = 2 ** 31 - 1

/** Reply codes of RFC 1928 section 6. */
const REPLIES: Readonly<Record<number, SocksReply>> = {
  1: { reason: 'general failure' },
  2: { reason: 'not allowed by its rules' },
  3: { reason: 'network unreachable' },
  4: { reason: 'host unreachable' },
  5: { reason: 'connection refused' },
  6: { reason: 'timed out (TTL expired)' },
  7: { reason: 'command not supported' },
  8: { reason: 'address type not supported' },
}

/**
 * Opens a stream through a SOCKS5 proxy (RFC 1928, with user and password RFC 1929), which also
 * resolves the name. The replies are read exactly: what the proxy sends behind them is still in
 * the kernel. Throws UNAVAILABLE; no message holds the password or a secret host.
 */
export async function dialSocks(
  proxy: SocksProxy,
  target: Target,
  attempt: Attempt,
): Promise<Connection> {
  const socket = await openProxy(proxy, attempt)
  attempt.stage('proxy')
  const wire = new HandshakeWire(socket)
  try {
    await shakeHands({ proxy, target, wire, signal: attempt.signal })
    socket.widen()
    return socket
  } catch (error) {
    socket.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error
  }
}

interface Handshake {
  readonly proxy: SocksProxy
  readonly target: Target
  readonly wire: HandshakeWire
  readonly signal: AbortSignal
}

function shakeHands({ proxy, target, wire, signal }: Handshake): Promise<void> {
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const client = new SocksClient({
    // the socket exists already: host and port here are only asked for by the library's checks
    proxy: { host: 'proxy', port: 1, type: 5, ...credentials(proxy) },
    command: 'connect',
    destination: { host, port: target.port },
    existing_socket: wire,
    timeout: NO_TIMEOUT,
  })
  return new Promise((resolve, reject) => {
    const stop = () => wire.destroy()
    signal.addEventListener('abort', stop, { once: true })
    client.on('established', () => {
      wire.finish()
      signal.removeEventListener('abort', stop)
      resolve()
    })
    client.on('error', () => {
      signal.removeEventListener('abort', stop)
      reject(wire.explain(proxy))
    })
    client.connect(wire as unknown as Socket)
  })
}

function credentials({ user, password }: SocksProxy): { userId?: string; password?: string } {
  if (user === undefined) return {}
  return { userId: user, password: password?.reveal() ?? '' }
}

/**
 * The library's view of the socket: one byte at a time, none once it is satisfied. Remembers what
 * came since the library last wrote, because its errors carry the options with the password, and
 * know no reply codes but the RFC's.
 */
class HandshakeWire extends Duplex {
  readonly #socket: PulledSocket
  #answer: number[] = []
  #writes = 0
  #finished = false

  constructor(socket: PulledSocket) {
    super({ readableHighWaterMark: 1, emitClose: true })
    this.#socket = socket
  }

  finish(): void {
    this.#finished = true
  }

  /** Why the handshake failed, from the bytes that the proxy sent. */
  explain(proxy: SocksProxy): BywayError {
    const [version, code] = this.#answer
    const say = (reason: string, hint?: string) =>
      new BywayError('UNAVAILABLE', `socks5 ${this.#socket.description}: ${reason}`, { hint })
    if (version === undefined || code === undefined) return say('closed without an answer')
    if (this.#writes === 1 && version === 5 && code === 0xff) {
      return say(
        'accepts no way of authentication that we have',
        'the proxy wants user and password',
      )
    }
    if (this.#writes === 2 && proxy.user !== undefined && version === 1) {
      return say('user or password refused')
    }
    if (version !== 5) return say('does not speak SOCKS5')
    const unknown = { reason: `reply 0x${code.toString(16).padStart(2, '0')}` }
    const { reason, hint }: SocksReply = proxy.replies?.[code] ?? REPLIES[code] ?? unknown
    return say(reason, hint)
  }

  override _read(): void {
    if (this.#finished) return
    this.#socket.read().then(
      (bytes) => this.#take(bytes),
      (error) => this.destroy(error),
    )
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#answer = []
    this.#writes += 1
    this.#socket.write(chunk).then(() => done(), done)
  }

  #take(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.destroy()
      return
    }
    this.#answer.push(...bytes)
    this.push(Buffer.from(bytes))
  }
}
