import { joinHostPort } from '../core/host-port.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import type { SocksProxy } from '../core/types.ts'
import { openSocket } from './open-socket.ts'

/** Connects to the proxy itself; reads give one byte until it is widened. Throws UNAVAILABLE. */
export function openProxy({ at }: SocksProxy, signal: AbortSignal): Promise<PulledSocket> {
  const description = 'path' in at ? at.path : joinHostPort(at.host, at.port)
  return openSocket({ ...at, narrow: true }, description, signal)
}

/**
 * True when what listens there answers a SOCKS5 greeting (RFC 1928 section 3): that a port
 * accepts says nothing of who accepts. Never throws; false as well when the signal aborts.
 */
export async function speaksSocks(proxy: SocksProxy, signal: AbortSignal): Promise<boolean> {
  const methods = proxy.user === undefined ? [0] : [0, 2]
  let socket: PulledSocket | null = null
  const stop = () => socket?.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    socket = await openProxy(proxy, signal)
    await socket.write(Uint8Array.of(5, methods.length, ...methods))
    const answer = await socket.read()
    return answer?.[0] === 5
  } catch {
    return false
  } finally {
    signal.removeEventListener('abort', stop)
    socket?.close()
  }
}
