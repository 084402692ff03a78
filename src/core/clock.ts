import type { Clock } from './run-race.ts'

/** The computer's monotonic clock. A system whose wall clock jumps does not end a race early. */
export const systemClock: Clock = {
  now: () => performance.now(),
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, Math.ceil(time - performance.now())))
    return () => clearTimeout(timer)
  },
}
