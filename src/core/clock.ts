import type { Clock } from './run-race.ts'

/**
 * The computer's monotonic clock. A system whose wall clock jumps does not end a race early. Not
 * `performance`, which Node loads when it is first used.
 */
export const systemClock: Clock = {
  now,
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, Math.ceil(time - now())))
    return () => clearTimeout(timer)
  },
}

function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
