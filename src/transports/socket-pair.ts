import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PulledSocket } from '../core/pulled-socket.ts'

/** Two connected sockets: what is written into one is read from the other. */
export interface SocketPair {
  readonly ours: PulledSocket
  /** for a child's stdin and stdout; to be destroyed here once the child has it */
  readonly theirs: Socket
}

/**
 * Makes a pair like socketpair(2), which Node does not offer: a unix socket in a folder that only
 * we can enter, connected once, its name gone before this resolves.
 */
export async function makeSocketPair(description: string): Promise<SocketPair> {
  const folder = mkdtempSync(join(tmpdir(), 'byway-pair-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const path = join(folder, 'socket')
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
    const ours = new PulledSocket(description, (onread) =>
      connect({ path, onread, allowHalfOpen: true }),
    )
    return { ours, theirs: await accepted }
  } finally {
    server.close()
    remove()
    process.off('exit', remove)
  }
}
