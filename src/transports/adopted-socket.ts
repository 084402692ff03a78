import { Socket } from 'node:net'
import { BywayError } from '../core/errors.ts'
import { PulledSocket } from '../core/pulled-socket.ts'

/** What Node has below a socket. There is no public way to keep a received one from reading ahead. */
interface Handle {
  reading: boolean
  readStop(): void
}

/**
 * A socket that another process has just passed to us (the argument of a `message` event), as one
 * that reads only what is asked for. Must be called in that event: the next turn of the loop reads.
 */
export function adoptSocket(received: Socket, description: string): PulledSocket {
  const handle: Handle | undefined = Reflect.get(received, '_handle')
  if (handle === undefined || received.bytesRead > 0) {
    throw new BywayError('SOFTWARE', `${description}: the socket that came has been read from`)
  }
  handle.readStop()
  handle.reading = false
  Reflect.set(received, '_handle', null)
  return new PulledSocket(description, (onread) => {
    const options = { handle, onread, allowHalfOpen: true, pauseOnCreate: true }
    return new Socket(options as object)
  })
}
