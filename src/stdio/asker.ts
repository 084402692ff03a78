import { Socket } from 'node:net'
import { BywayError } from '../core/errors.ts'
import type { News } from '../core/report.ts'

/** The descriptor that the other byway listens at. */
const CHANNEL = 3

/** Another byway that waits on our descriptor 3 for a connection which we are to relay. */
export class Asker {
  readonly #socket: Socket
  readonly #controller = new AbortController()

  /** Throws USAGE when there is no such descriptor. */
  constructor() {
    try {
      this.#socket = new Socket({ fd: CHANNEL })
    } catch (cause) {
      throw new BywayError('USAGE', '--tell-up: nobody listens at descriptor 3', { cause })
    }
    const gone = new BywayError('UNAVAILABLE', 'the byway that wanted this connection is gone')
    this.#socket.on('error', () => {}).on('close', () => this.#controller.abort(gone))
    this.#socket.resume().unref()
  }

  /** Aborts when it has ended, however, and nobody wants the connection any more. */
  get gone(): AbortSignal {
    return this.#controller.signal
  }

  /** Tells it once, in a line of JSON; resolves when it is told, or gone. */
  tell(news: News): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', resolve)
      this.#socket.end(`${JSON.stringify(news)}\n`, resolve)
    })
  }
}
