import { connect, type Socket } from 'node:net'
import { type Listener, listen } from './listen.ts'

/** Where something listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Of loopback, and nobody's: whoever connects is refused. */
export const REFUSING: Address = { host: '127.77.0.1', port: 1 }

/** What a web server says to whoever does not speak first. */
export const NONSENSE = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'

/** Accepts and says nothing, as long as one likes. */
export function startSilent(): Promise<Listener> {
  return listen((socket) => {
    socket.resume()
  })
}

/** Says what no SSH server says, and closes. */
export function startNonsense(): Promise<Listener> {
  return listen((socket) => {
    socket.resume().end(NONSENSE)
  })
}

/** Closes every connection at once, without a word. */
export function startClosing(): Promise<Listener> {
  return listen((socket) => {
    socket.resume().end()
  })
}

/** Says this first, stays, and has its further bytes sent and read by the test. */
export function startSaying(greeting: string): Promise<Listener> {
  return listen((socket) => {
    socket.write(greeting)
  })
}

/** What stands between a client and a real sshd. */
export interface FrontOptions {
  /** lines that come before the server's own banner (RFC 4253 section 4.2) */
  readonly before?: string
  /** milliseconds that the client waits for the first byte */
  readonly delay?: number
}

/** A real sshd behind a door of the test's own. */
export function startFront(sshd: Address, { before, delay = 0 }: FrontOptions): Promise<Listener> {
  return listen((socket) => {
    const open = () => {
      if (before !== undefined) socket.write(before)
      join(socket, connect(sshd))
    }
    if (delay === 0) open()
    else setTimeout(open, delay)
  })
}

/** Passes bytes both ways, and the end of one side as a half-close to the other. */
export function join(one: Socket, other: Socket): void {
  one.pipe(other)
  other.pipe(one)
  const close = () => {
    one.destroy()
    other.destroy()
  }
  one.on('error', close)
  other.on('error', close)
}
