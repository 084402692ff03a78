import { isIP, type Socket } from 'node:net'
import { withoutKeys } from '../children/environment.ts'
import { killFamily } from '../children/family.ts'
import { startChild } from '../children/start.ts'
import { letGo } from '../children/with-us.ts'
import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import { requireNoOnion } from '../core/onion.ts'
import { Secret } from '../core/secret.ts'
import type { Attempt, Stage, Target } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { adoptSocket } from './adopted-socket.ts'

/** Where a connection is to begin, and who begins it. */
export interface Inside {
  /** a process in that network namespace, and in a user namespace that belongs to us */
  readonly pid: number
  /** the command line of a byway that dials (`dialForParent`) */
  readonly dialler: readonly string[]
}

/** What the dialler says on its way. */
export interface Dialling {
  readonly stage: Stage
  readonly detail?: string | undefined
}

/** What it says in the end: what the socket that comes with it leads to, or why there is none. */
export interface Dialled {
  readonly description?: string
  readonly reason?: string
  readonly hint?: string | undefined
}

/**
 * Opens a TCP connection from inside a network namespace: another byway enters it (nsenter(1)),
 * connects, and hands us the socket, of which nothing was read. From then on it is a socket like
 * any other. Throws UNAVAILABLE.
 */
export async function dialInside(
  { pid, dialler }: Inside,
  target: Target,
  attempt: Attempt,
): Promise<Connection> {
  requireNoOnion(target.host)
  const host = target.host instanceof Secret ? target.host.reveal() : target.host
  const first = isIP(host) === 0 ? 'lookup' : 'connect'
  attempt.stage(first)
  const enter = ['--target', String(pid), '--user', '--net', '--mount', '--preserve-credentials']
  const words = ['nsenter', ...enter, '--', ...dialler]
  const env = withoutKeys(process.env)
  const child = await startChild(words, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env })
  const settled = whenAborted(attempt.signal, () => killFamily(child.process))
  try {
    child.process.send({ host, port: target.port }, () => {})
    const tell = ({ stage, detail }: Dialling) => stage !== first && attempt.stage(stage, detail)
    const answer = await hear(child.process, tell)
    if (answer === null) throw new BywayError('UNAVAILABLE', silence(child.words()))
    return Object.assign(answer, { inside: pid })
  } catch (error) {
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error
  } finally {
    settled()
    if (child.process.connected) child.process.disconnect()
    letGo(child.process)
  }
}

/** Null when it ends without a word. */
function hear(
  child: NodeJS.EventEmitter,
  tell: (news: Dialling) => void,
): Promise<Connection | null> {
  return new Promise((resolve, reject) => {
    child.on('message', (said: Dialling | Dialled, socket?: Socket) => {
      if ('stage' in said) return tell(said)
      const { description = '', reason, hint } = said
      if (socket !== undefined) resolve(adoptSocket(socket, description))
      else reject(new BywayError('UNAVAILABLE', reason ?? 'no socket came', { hint }))
    })
    child.once('exit', () => resolve(null))
    child.once('disconnect', () => resolve(null))
  })
}

function silence(said: string): string {
  const [line = ''] = said.split('\n').slice(-1)
  return `the network's namespace cannot be entered${line === '' ? '' : `: ${line}`}`
}
