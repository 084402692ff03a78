import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { temporaryFolder } from '../children/temporary-folder.ts'
import { PulledSocket } from '../core/pulled-socket.ts'

/** Bytes that a socket's path may have, whatever the system: sun_path (unix(7)). */
const LONGEST = 103
/** Bytes of what is added to the system's temporary folder. */
const ADDED = '/byway-pair-abcdef/socket'.length

/** Two connected sockets: what is written into one is read from the other. */
export interface SocketPair {
  readonly ours: PulledSocket
  /** for a child's stdin and stdout; to be destroyed here once the child has it */
  readonly theirs: Socket
}

/**
 * Makes a pair like socketpair(2), which Node does not offer: a unix socket in a folder that only we
 * can enter, connected once. The folder is gone before anything else of byway's can run, a signal's
 * listener among it: `listen` and `connect` do at once what they do with a path.
 */
export async function makeSocketPair(description: string): Promise<SocketPair> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  const accepted = new Promise<Socket>((resolve, reject) => {
    server.once('error', reject).once('connection', resolve)
  })
  const folder = mkdtempSync(join(temporaryFolder(ADDED, LONGEST), 'byway-pair-'))
  const path = join(folder, 'socket')
  let ours: PulledSocket
  try {
    server.listen(path)
    ours = new PulledSocket(description, (onread) => connect({ path, onread, allowHalfOpen: true }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { ours, theirs: await accepted }
  } finally {
    server.close()
  }
}
