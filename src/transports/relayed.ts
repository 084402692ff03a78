import type { Socket } from 'node:net'
import { killFamily } from '../children/family.ts'
import { type Child, startChild } from '../children/start.ts'
import { isLeaving, letGo } from '../children/with-us.ts'
import type { Connection } from '../core/connection.ts'
import { BywayError } from '../core/errors.ts'
import type { News } from '../core/report.ts'
import type { Attempt } from '../core/types.ts'
import { whenAborted } from '../core/when-aborted.ts'
import { lastWords } from './command.ts'
import { makeSocketPair } from './socket-pair.ts'

/**
 * Opens a stream through another byway, `words`, that relays it: the raw socket to that one's
 * stdin and stdout, untouched. It tells on its descriptor 3 what came of it, in a line of JSON. It
 * lives on when its socket was passed on, and ends with the socket; before that it ends with us.
 * Throws UNAVAILABLE with its words.
 */
export async function dialRelayed(words: readonly string[], attempt: Attempt): Promise<Connection> {
  attempt.stage('connect')
  const { ours, theirs } = await makeSocketPair('another byway')
  try {
    const child = await startChild(words, { stdio: [theirs, theirs, 'pipe', 'pipe'] })
    whenAborted(attempt.signal, () => killFamily(child.process))
    await hear(child)
    letGo(child.process)
    child.process.unref()
    return ours
  } catch (error) {
    ours.close()
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error
  } finally {
    theirs.destroy()
  }
}

/** Resolves when it is up. Throws UNAVAILABLE. */
async function hear(child: Child): Promise<void> {
  const line = await readLine(child.process.stdio[3] as Socket)
  if (line === '') throw await silence(child)
  const { reason, hint }: News = JSON.parse(line)
  if (reason !== undefined) throw new BywayError('UNAVAILABLE', reason, { hint })
}

/** Empty when it is closed before. */
function readLine(channel: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    channel.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.endsWith('\n')) resolve(text)
    })
    channel.once('close', () => resolve(''))
  })
}

/** Something went wrong before it could try. */
async function silence(child: Child): Promise<BywayError> {
  const how = await child.ended
  if (isLeaving()) return new Promise(() => {})
  const said = lastWords(child.words(), [])
  const text = `another byway ended (${how})${said === '' ? '' : `: ${said}`}`
  return new BywayError('UNAVAILABLE', text)
}
