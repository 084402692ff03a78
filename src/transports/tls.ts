import { isIP, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { BywayError } from '../core/errors.ts'
import { reasonOf } from '../core/reasons.ts'
import type { Attempt } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { StreamConnection } from './stream-connection.ts'
import { isUntrusted, readSystemTrust } from './system-trust.ts'
import { openTcp } from './tcp.ts'

interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Connects by TLS, with a certificate for the host's name or address (RFC 6066: only a name is
 * sent). It is trusted whom Node trusts; if nobody of those has signed, whom the computer trusts,
 * which takes longer to load. Reads give one byte until it is widened. Throws UNAVAILABLE.
 */
export async function openTls(place: Place, attempt: Attempt): Promise<StreamConnection> {
  try {
    return await open(place, {}, attempt)
  } catch (error) {
    const ca = isUntrusted(error) ? readSystemTrust(process.env) : []
    if (ca.length === 0 || attempt.signal.aborted) throw error
    return await open(place, { ca }, attempt)
  }
}

async function open(
  place: Place,
  trust: { readonly ca?: string[] },
  { signal, stage }: Attempt,
): Promise<StreamConnection> {
  const { socket, description } = await openTcp(place, {}, { signal, stage })
  const { host } = place
  const secure = connect({ ...trust, socket, host, servername: isIP(host) > 0 ? '' : host })
  const settled = whenAborted(signal, () => secure.destroy())
  try {
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve).once('error', reject)
      secure.once('close', () => reject(new Error('closed amid the handshake of TLS')))
    })
    return new StreamConnection(description, { readable: secure, writable: secure }, true)
  } catch (cause) {
    destroy(secure, socket)
    if (signal.aborted) throw signal.reason
    throw new BywayError('UNAVAILABLE', `tls ${description}: ${reasonOf(cause)}`, { cause })
  } finally {
    settled()
  }
}

function destroy(...sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy()
}
