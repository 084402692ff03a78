import * as assert from 'uvu/assert'
import type { Home } from '../helpers/byway.ts'
import type { Host } from '../helpers/hosts.ts'
import type { Landing, World } from './world.ts'

/** Logins in a row, before the first cut and after each. */
const LOGINS_BEFORE = 10
const LOGINS = 4
/** Milliseconds later than the best before the first cut: no race would get there but by a timeout. */
const STUCK = 3000

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

/** Takes an interface of a host down. */
export async function takeDown(host: Host, device: string): Promise<void> {
  await host.run(['ip', 'link', 'set', device, 'down'])
}

interface Row {
  readonly before: string
  readonly network: string
  readonly landings: readonly Landing[]
}

/**
 * Logs in to `web01` in a loop, and cuts one network after another on the way. Rejects unless each
 * login works and lands on the highest network that is left, and none waits for a timeout. How much
 * later than the best before each is goes to the output: other programs want the processors as well.
 */
export async function cutOneByOne({ world, host, home, networks, cuts }: Cutting): Promise<void> {
  const rows: Row[] = []
  for (const [i, network] of networks.entries()) {
    const cut = cuts[i - 1]
    if (i > 0 && cut === undefined) break
    await cut?.make()
    const landings: Landing[] = []
    rows.push({ before: cut?.what ?? 'nothing is cut', network, landings })
    while (landings.length < (i === 0 ? LOGINS_BEFORE : LOGINS)) {
      landings.push(await world.login(host, { from: home, to: 'web01' }))
    }
  }
  console.log(`\n${rows.map((row) => show(row, best(rows))).join('\n')}`)
  for (const { before, network, landings } of rows) {
    for (const { status, stderr, network: landed } of landings) {
      assert.is(status, 0, `after "${before}": ${stderr}`)
      assert.is(landed, network, `after "${before}"`)
    }
    const later = fastest(landings) - best(rows)
    assert.ok(later < STUCK, `after "${before}" ${later} ms later than the best`)
  }
}

function fastest(landings: readonly Landing[]): number {
  return Math.min(...landings.map(({ ms }) => ms))
}

function best([before]: readonly Row[]): number {
  return fastest(before?.landings ?? [])
}

function show({ before, network, landings }: Row, from: number): string {
  const times = landings.map(({ ms }) => (ms - from).toFixed(0))
  return `${before}: ${network}, later by ${times.join(' ')} ms`
}
