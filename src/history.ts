import { join } from 'node:path'
import { describePlace } from './computer/place.ts'
import { messageOf } from './core/errors.ts'
import { findDoubts, isNews, learn, parseSightings, remember, type Waits } from './core/history.ts'
import type { Report } from './core/report.ts'
import type { Route, Tell } from './core/types.ts'
import { CacheFile, writeCacheFile } from './inventory/cache-file.ts'
import { keyOf } from './inventory/key.ts'
import { type Environment, xdgFolder } from './inventory/locate.ts'

/** What a history needs of the process. */
export interface HistoryContext {
  readonly env: Environment
  readonly tell: Tell
  /** how the race waits: a network that it waited for in vain is taken for dead */
  readonly rules: Waits
}

/**
 * What earlier connects from this place have seen of a machine's networks: hashes and times in
 * `$XDG_CACHE_HOME/byway/history`, no names. Nothing is read for a machine of one network, which
 * has nobody who could start earlier. A history that cannot be used is none.
 */
export class History {
  /** how long ago networks were seen dead, in milliseconds, by name */
  readonly doubts: ReadonlyMap<string, number>
  readonly #file: string
  readonly #keys: ReadonlyMap<string, string>
  readonly #context: HistoryContext

  constructor(routes: readonly Route[], context: HistoryContext) {
    this.#context = context
    this.#file = join(xdgFolder('CACHE', context.env), 'history')
    this.#keys = keysFor(routes)
    this.doubts =
      this.#keys.size === 0
        ? new Map()
        : findDoubts(this.#keys, this.#read(context.tell), Date.now())
  }

  /** Keeps what a race has shown, where it is news. Never throws. */
  learn({ routes }: Report): void {
    const { rules, tell } = this.#context
    const learned = learn(routes, { keys: this.#keys, rules, now: Date.now() })
    if (learned.length === 0) return
    const older = this.#read(() => {})
    if (!learned.some((one) => isNews(one, older))) return
    try {
      writeCacheFile(this.#file, Buffer.from(JSON.stringify(remember(older, learned))))
    } catch (error) {
      tell(1, `history "${this.#file}" not written: ${messageOf(error)}`)
    }
  }

  #read(tell: Tell) {
    try {
      const file = new CacheFile(this.#file)
      const text = file.read(0, file.size).toString()
      file.close()
      return parseSightings(text)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        tell(1, `history "${this.#file}" ignored: ${messageOf(error)}`)
      }
      return []
    }
  }
}

/** By network; empty where there is but one, or nobody knows where this computer is. */
function keysFor(routes: readonly Route[]): Map<string, string> {
  const networks = new Map(routes.map(({ network, machine }) => [network.name, machine]))
  const place = networks.size < 2 ? null : describePlace()
  if (place === null) return new Map()
  const here = keyOf(place)
  return new Map(
    [...networks].map(([network, machine]) => {
      return [network, keyOf(JSON.stringify([here, machine, network]))]
    }),
  )
}
