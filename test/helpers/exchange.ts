import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { run } from './program.ts'
import { readAll } from './streams.ts'

/** What is answered, to its end, by whoever listens there, to these bytes and their end. */
export function exchange(at: NetConnectOpts, bytes: Buffer): Promise<Buffer> {
  // a client half-closes: its end must not be taken for the end of the answer
  const socket: Socket = connect({ ...at, allowHalfOpen: true })
  const answer = readAll(socket)
  socket.end(bytes)
  return answer.finally(() => socket.destroy())
}

/** The same through a SOCKS5 proxy on loopback, by nc(1). */
export async function exchangeBySocks(
  proxyPort: number,
  targetPort: number,
  bytes: Buffer,
): Promise<Buffer> {
  const proxy = ['-X', '5', '-x', `127.0.0.1:${proxyPort}`]
  const argv = ['nc', '-N', ...proxy, '127.0.0.1', String(targetPort)]
  const { stdout } = await run(argv, { input: bytes })
  return stdout
}
