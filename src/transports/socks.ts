import { Duplex } from 'node:stream'
import { domainToASCII } from 'node:url'
import { SocksClient } from 'socks'
import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import type { SocksProxy, SocksReply } from '../core/means.ts'
import { requireNoOnion } from '../core/onion.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Target } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { openProxy, type UnsureProxy } from './socks-proxy.ts'

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

/** The way of authentication that is user and password (RFC 1929). */
const PASSWORD = 2
/** Bytes of a name, a user or a password: their length is one byte. */
const LONGEST = 255

const NOT_SOCKS: SocksReply = { reason: 'does not speak SOCKS5' }
const CLOSED: SocksReply = { reason: 'closed in the middle of its answer' }
const WANTS_PASSWORD: SocksReply = {
  reason: 'accepts no way of authentication that we have',
  hint: 'the proxy wants user and password',
}
const REFUSED: SocksReply = { reason: 'user or password refused' }
const WANTS_OTHER: SocksReply = { reason: 'wants a way of authentication that was not offered' }

/**
 * Opens a stream through a SOCKS5 proxy (RFC 1928, with user and password RFC 1929), which also
 * resolves the name. The replies are read exactly: what the proxy sends behind them is still in
 * the kernel. Throws UNAVAILABLE; no message holds the password or a secret host.
 */
export async function dialSocks(
  proxy: UnsureProxy,
  target: Target,
  attempt: Attempt,
): Promise<Connection> {
  if (proxy.isTor !== true) requireNoOnion(target.host)
  const host = nameFor(target)
  checkLengths(host, proxy)
  const socket = await openProxy(proxy, attempt)
  attempt.stage('proxy')
  const wire = new HandshakeWire(socket, () => proxy.vet?.(socket))
  try {
    await shakeHands({ proxy, target: { host, port: target.port }, wire, signal: attempt.signal })
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
  readonly target: { readonly host: string; readonly port: number }
  readonly wire: HandshakeWire
  readonly signal: AbortSignal
}

function shakeHands({ proxy, target, wire, signal }: Handshake): Promise<void> {
  const client = new SocksClient({
    // the socket exists already: host and port here are only asked for by the library's checks
    proxy: { host: 'proxy', port: 1, type: 5, ...credentials(proxy) },
    command: 'connect',
    destination: target,
    existing_socket: wire,
    timeout: NO_TIMEOUT,
  })
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const settled = whenAborted(signal, () => wire.destroy())
    client.on('established', () => {
      wire.finish()
      settled()
      if (wire.wellFormed) resolve()
      else reject(wire.explain(proxy))
    })
    client.on('error', () => {
      settled()
      reject(wire.explain(proxy))
    })
    client.connect(wire)
  })
}

/** The host as the wire has it: other letters than ASCII as DNS has them (the library miscounts). */
function nameFor({ host }: Target): string {
  const name = host instanceof Secret ? host.reveal() : host
  return /^\p{ASCII}*$/u.test(name) ? name : domainToASCII(name)
}

/** Throws UNAVAILABLE, without the text: the library would throw where nobody catches it. */
function checkLengths(name: string, { user = '', password }: SocksProxy): void {
  const texts = { name, user, password: password?.reveal() ?? '' }
  for (const [what, text] of Object.entries(texts)) {
    if (Buffer.byteLength(text) <= LONGEST) continue
    throw new BywayError('UNAVAILABLE', `socks5: ${what} of more than ${LONGEST} bytes`)
  }
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
  /** the way of authentication that the proxy chose */
  #method = 0
  #finished = false
  /** why the proxy is told nothing more */
  #refusal: BywayError | null = null
  readonly #vet: () => void

  /** `vet` looks at the proxy once it has answered, before it is told anything; it throws. */
  constructor(socket: PulledSocket, vet: () => void) {
    super({ readableHighWaterMark: 1, emitClose: true })
    this.#socket = socket
    this.#vet = vet
  }

  finish(): void {
    this.#finished = true
  }

  /** True when the reply that the library took for granted had an address of a known kind. */
  get wellFormed(): boolean {
    return [1, 3, 4].includes(this.#answer[3] ?? 0)
  }

  /** Why the handshake failed, from the bytes that the proxy sent. */
  explain(proxy: SocksProxy): BywayError {
    if (this.#refusal !== null) return this.#refusal
    const { reason, hint } = this.#reasonOf(proxy)
    const what = `socks5 ${this.#socket.description}: ${reason}`
    return new BywayError('UNAVAILABLE', what, { hint })
  }

  #reasonOf({ user, replies }: SocksProxy): SocksReply {
    const [version, code] = this.#answer
    if (this.#method === PASSWORD && user === undefined) return WANTS_PASSWORD
    if (version === undefined) return { reason: 'closed without an answer' }
    // the answer to user and password has a version of its own; some proxies say SOCKS's there
    if (version !== 5 && !(this.#atLogin && version === 1)) return NOT_SOCKS
    if (code === undefined) return CLOSED
    if (this.#writes === 1) return code === 0xff ? WANTS_PASSWORD : WANTS_OTHER
    if (code === 0) return this.#brokenOff
    return this.#atLogin ? REFUSED : (replies?.[code] ?? wordsFor(code))
  }

  get #atLogin(): boolean {
    return this.#writes === 2 && this.#method === PASSWORD
  }

  get #brokenOff(): SocksReply {
    return this.#answer.length < 4 || this.wellFormed ? CLOSED : NOT_SOCKS
  }

  override _read(): void {
    if (this.#finished) return
    this.#socket.read().then(
      (bytes) => this.#take(bytes),
      (error) => this.destroy(error),
    )
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    try {
      if (this.#writes === 1) this.#takeAnswer()
    } catch (error) {
      this.#refusal = error as BywayError
      done(this.#refusal)
      return
    }
    this.#answer = []
    this.#writes += 1
    Promise.resolve(this.#socket.write(chunk)).then(() => done(), done)
  }

  /** The answer to the greeting. */
  #takeAnswer(): void {
    this.#method = this.#answer[1] ?? 0
    this.#vet()
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

function wordsFor(code: number): SocksReply {
  return REPLIES[code] ?? { reason: `reply 0x${code.toString(16).padStart(2, '0')}` }
}
