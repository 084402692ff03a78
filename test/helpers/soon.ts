/** Milliseconds after which something that should come at once is taken for hung. */
const HUNG = 20_000

/** What the promise gives; rejects when that takes so long that it will not come any more. */
export function soon<T>(what: string, promise: Promise<T>, limit = HUNG): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: hung for ${limit} ms`)), limit)
  })
  return Promise.race([promise, hung]).finally(() => clearTimeout(timer))
}
