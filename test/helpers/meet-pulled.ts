import { once } from 'node:events'
import { connect } from 'node:net'
import { PulledSocket } from '../../src/core/pulled-socket.ts'
import type { Listener } from './listen.ts'

/** Both ends of a connection, ours pulled. */
export async function meetPulled(server: Listener, narrow = false) {
  const { host, port } = server
  const pulled = new PulledSocket(
    'the peer',
    (onread) => connect({ host, port, onread, allowHalfOpen: true }),
    narrow,
  )
  const [peer] = await Promise.all([server.next(), once(pulled.socket, 'connect')])
  return { pulled, peer }
}
