/** Milliseconds between two looks. */
const PAUSE = 10

/**
 * Waits for something that sends no event, such as the end of somebody else's process. Resolves
 * with how many milliseconds it took; rejects when `limit` milliseconds were not enough, and with
 * what a look throws.
 */
export function until(what: string, isSo: () => boolean, limit = 30_000): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const look = () => {
      const waited = performance.now() - began
      try {
        if (isSo()) return resolve(waited)
      } catch (error) {
        return reject(error)
      }
      if (waited > limit) return reject(new Error(`${what}: not within ${limit} ms`))
      setTimeout(look, PAUSE)
    }
    look()
  })
}
