import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import type { Host } from '../helpers/hosts.ts'
import type { Landing, World } from './world.ts'

/** Logins in a row, before the first cut and after each. */
const LOGINS = 4
/** Milliseconds that a login may take longer than the best of all. */
const LATER = 600

/** How a network dies. */
export interface Cut {
  readonly what: string
  make(): Promise<void>
}

/** Who logs in, and what is cut on the way: the cuts are of the networks, in their order. */
export interface Cutting {
  readonly world: World
  readonly host: Host
  readonly home: Home
  /** all of them, the highest first */
  readonly networks: readonly string[]
  readonly cuts: readonly Cut[]
}

interface Row {
  readonly before: string
  readonly network: string
  readonly landings: readonly Landing[]
}

/**
 * Logs in to `web01` in a loop, and cuts one network after another on the way. Rejects unless each
 * login works and lands on the highest network that is left, none much later than the best. Of the
 * logins after one cut the fastest counts: other programs want the processors as well.
 */
export async function cutOneByOne({ world, host, home, networks, cuts }: Cutting): Promise<void> {
  const rows: Row[] = []
  for (const [i, network] of networks.entries()) {
    const cut = cuts[i - 1]
    if (i > 0 && cut === undefined) break
    await cut?.make()
    const landings: Landing[] = []
    for (let login = 0; login < LOGINS; login++) {
      landings.push(await world.login(host, { from: home, to: 'web01' }))
    }
    rows.push({ before: cut?.what ?? 'nothing is cut', network, landings })
  }
  const best = Math.min(...rows.flatMap(({ landings }) => landings.map(({ ms }) => ms)))
  console.log(`\n${rows.map((row) => show(row, best)).join('\n')}`)
  for (const { before, network, landings } of rows) {
    for (const { status, stderr, network: landed } of landings) {
      assert.is(status, 0, `after "${before}": ${stderr}`)
      assert.is(landed, network, `after "${before}"`)
    }
    const later = Math.min(...landings.map(({ ms }) => ms)) - best
    assert.ok(later < LATER, `after "${before}" ${later} ms later than the best`)
  }
}

function show({ before, network, landings }: Row, best: number): string {
  const times = landings.map(({ ms }) => `+${(ms - best).toFixed(0)}`)
  return `${before}: ${network}, ${times.join(' ')} ms`
}
