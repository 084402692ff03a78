import { BywayError, messageOf } from '../core/errors.ts'
import type { Attempt } from '../core/types.ts'
import type { Dialled, Dialling } from './inside.ts'
import { dialTcp } from './tcp.ts'

/** What the parent wants. */
interface Wish {
  readonly host: string
  readonly port: number
}

/**
 * Dials what the parent process asks for over Node's IPC, and gives it the connected socket, of
 * which nothing was read. Resolves when the parent has it, or is gone.
 */
export function dialForParent(): Promise<void> {
  const gone = new AbortController()
  return new Promise((resolve) => {
    process.once('disconnect', () => {
      gone.abort(new BywayError('UNAVAILABLE', 'nobody waits for it any more'))
      resolve()
    })
    process.once('message', (wish: Wish) => void dial(wish, gone.signal))
  })
}

async function dial(wish: Wish, signal: AbortSignal): Promise<void> {
  try {
    const stage: Attempt['stage'] = (at, detail) => {
      process.send?.({ stage: at, detail } satisfies Dialling, undefined, {}, () => {})
    }
    const attempt = { signal, untouched: true, stage, mayStart: async () => {} }
    const { socket, description } = await dialTcp(wish, attempt)
    process.send?.({ description } satisfies Dialled, socket as never, {}, () => {})
  } catch (error) {
    const hint = error instanceof BywayError ? error.hint : undefined
    process.send?.({ reason: messageOf(error), hint } satisfies Dialled)
  }
}
