import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'

const HINT =
  'with "ProxyUseFdpass yes" write "ProxyCommand env NODE_CHANNEL_FD=1 byway connect --fdpass %n %p"'

/**
 * Makes sure that stdout is a channel that descriptors can be passed over: ssh's socketpair, as
 * which Node opens it when `NODE_CHANNEL_FD=1` was in the environment at its start. Throws USAGE.
 */
export function requireChannel(): void {
  if (process.connected === true && fstatSync(1).isSocket()) return
  throw new BywayError('USAGE', '--fdpass: stdout is not a channel for descriptors', { hint: HINT })
}

/**
 * Hands the connection's own socket to ssh, which takes one byte with one descriptor
 * (ssh_config(5), ProxyUseFdpass). Resolves when it is sent; byway is to exit then, as ssh waits
 * for that. Throws IOERR when ssh is gone, SOFTWARE when the connection has no socket.
 */
export function passSocket(connection: Connection): Promise<void> {
  const { socket, description } = connection
  if (!(socket instanceof Socket)) {
    throw new BywayError('SOFTWARE', `${description}: no socket that could be passed on`)
  }
  return new Promise((resolve, reject) => {
    process.send?.({}, socket, {}, (cause) => {
      if (cause === null) return resolve()
      reject(new BywayError('IOERR', `pass the socket to ssh: ${cause.message}`, { cause }))
    })
  })
}
