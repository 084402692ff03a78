import { FakeAttempt } from './fake-attempt.ts'

/**
 * An attempt that aborts in the gap after its connection came, and before the dial has gone on: when
 * the first listener to its signal is taken away.
 */
export function abortedInTheGap(reason: unknown): FakeAttempt {
  const attempt = new FakeAttempt()
  const { signal } = attempt
  const remove = signal.removeEventListener.bind(signal)
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    remove(...args)
    attempt.abort(reason)
  }
  return attempt
}
