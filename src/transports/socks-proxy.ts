import type { SocksProxy } from '../core/means.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import type { Attempt } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { openSocket } from './open-socket.ts'
import { openTcp } from './tcp.ts'

/** A SOCKS5 proxy that may not be who it seems. */
export interface UnsureProxy extends SocksProxy {
  /** Looks at a connection that it has answered, before it is told anything. Throws to break it off. */
  readonly vet?: (connection: PulledSocket) => void
}

/** Connects to the proxy itself; reads give one byte until it is widened. Throws UNAVAILABLE. */
export function openProxy(
  { at }: SocksProxy,
  attempt: Pick<Attempt, 'signal' | 'stage'>,
): Promise<PulledSocket> {
  if ('host' in at) return openTcp(at, { narrow: true }, attempt)
  attempt.stage('connect')
  return openSocket(at, { narrow: true }, attempt.signal)
}

/**
 * True when what listens there answers a SOCKS5 greeting (RFC 1928 section 3): that a port
 * accepts says nothing of who accepts. Never throws; false as well when the signal aborts, or the
 * proxy is not who it should be.
 */
export async function speaksSocks(proxy: UnsureProxy, signal: AbortSignal): Promise<boolean> {
  const methods = proxy.user === undefined ? [0] : [0, 2]
  let socket: PulledSocket | null = null
  const settled = whenAborted(signal, () => socket?.close())
  try {
    socket = await openProxy(proxy, { signal, stage: () => {} })
    await socket.write(Uint8Array.of(5, methods.length, ...methods))
    const answer = await socket.read()
    if (answer?.[0] !== 5) return false
    proxy.vet?.(socket)
    return true
  } catch {
    return false
  } finally {
    settled()
    socket?.close()
  }
}
