import type { StdioOptions } from 'node:child_process'
import { endFamily, killFamily } from '../children/family.ts'
import { type Child, startChild } from '../children/start.ts'
import { endWithUs } from '../children/with-us.ts'
import { BywayError } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import type { PulledSocket } from '../core/pulled-socket.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Connection } from '../core/types.ts'
import { makeSocketPair } from './socket-pair.ts'

/**
 * Opens the stream that a program's stdin and stdout are. The program and all that it started end
 * with the connection, and with byway. Throws UNAVAILABLE when it cannot be started; when it ends
 * before it has said anything, reading throws UNAVAILABLE with its own words.
 */
export async function dialCommand(
  words: readonly (string | Secret)[],
  attempt: Attempt,
): Promise<Connection> {
  attempt.stage('connect')
  const secrets = words.filter((word) => word instanceof Secret)
  const revealed = words.map((word) => (word instanceof Secret ? word.reveal() : word))
  const { socket, child } = await startOnSocket(revealed, ['pipe'])
  endWithUs(child.process)
  return new CommandConnection(socket, child, secrets)
}

/**
 * Opens a stream through another byway, `words`, that relays it: the raw socket to that one's
 * stdin and stdout, untouched. It says on its descriptor 3 when it is up. It lives on when its
 * socket was passed on, and ends with the socket. Throws UNAVAILABLE with its words.
 */
export async function dialRelayed(words: readonly string[], attempt: Attempt): Promise<Connection> {
  attempt.stage('connect')
  const { socket, child } = await startOnSocket(words, ['pipe', 'pipe'])
  const stop = () => killFamily(child.process)
  attempt.signal.addEventListener('abort', stop, { once: true })
  const up = new Promise<boolean>((resolve) => {
    child.process.stdio[3]?.once('data', () => resolve(true))
    void child.ended.then(() => resolve(false))
  })
  if (!(await up)) throw await failure(socket.description, child, [])
  child.process.unref()
  return socket
}

async function startOnSocket(words: readonly string[], rest: ('pipe' | 'ignore')[]) {
  const { ours, theirs } = await makeSocketPair(words[0] ?? '')
  try {
    const stdio: StdioOptions = [theirs, theirs, ...rest]
    return { socket: ours, child: await startChild(words, { stdio }) }
  } catch (error) {
    ours.close()
    throw error
  } finally {
    theirs.destroy()
  }
}

/**
 * A program as a connection: no raw socket, because the program has to be ended with it. That it
 * ends with something of ours unread shows as a reset, and is an end like any other.
 */
class CommandConnection implements Connection {
  readonly description: string
  readonly #socket: PulledSocket
  readonly #child: Child
  readonly #secrets: readonly Secret[]
  #silent = true

  constructor(socket: PulledSocket, child: Child, secrets: readonly Secret[]) {
    this.#secrets = secrets
    this.description = socket.description
    this.#socket = socket
    this.#child = child
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.#socket.read().catch(() => null)
    if (bytes === null && this.#silent) {
      throw await failure(this.description, this.#child, this.#secrets)
    }
    this.#silent = false
    return bytes
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#socket.write(bytes)
  }

  end(): Promise<void> {
    return this.#socket.end()
  }

  close(): void {
    this.#socket.close()
    endFamily(this.#child.process)
  }
}

/** What the program said last, without the secrets that it was given. */
async function failure(
  program: string,
  child: Child,
  secrets: readonly Secret[],
): Promise<BywayError> {
  const how = await child.ended
  const last = child.words().split('\n').slice(-3).map(printable).join('; ')
  const words = secrets.reduce((text, secret) => text.replaceAll(secret.reveal(), '…'), last)
  const said = words === '' ? '' : `: ${words}`
  return new BywayError('UNAVAILABLE', `"${program}" ended (${how})${said}`)
}
