import { BywayError } from './core/errors.ts'
import type { Attempt, Network } from './core/types.ts'
import { leaseTor } from './daemon-wiring.ts'
import type { Lease } from './daemons/lease.ts'
import { findNetworkDaemon } from './network-daemons.ts'
import type { World } from './wiring.ts'

/** Who starts it. */
interface Starting {
  readonly attempt: Attempt
  /** shows how far the start is; null: it is over; `stays`: for good */
  progress(text: string | null, stays?: boolean): void
}

/**
 * Starts what a network needs, where it does not run, and has it stay though nobody uses it. Throws
 * UNAVAILABLE where there is nothing that byway could start.
 */
export async function holdNetwork(
  network: Network,
  world: World,
  starting: Starting,
): Promise<void> {
  const lease = await take(network, world, starting)
  await lease.hold(true)
  lease.release()
}

function take(network: Network, world: World, starting: Starting): Promise<Lease> {
  const { attempt, progress } = starting
  const { header } = world.inventory
  const context = { env: process.env, entries: header.daemons, progress }
  if (network.technology === 'tor') return leaseTor(context, attempt)
  const { revealText, readSetting } = world.means
  const daemon = findNetworkDaemon(network, { ...context, revealText, readSetting })
  if (daemon === null) throw nothingToStart(network)
  return daemon.take(attempt, header.sources[network.source ?? 0]?.clan ?? null)
}

function nothingToStart({ name, technology }: Network): BywayError {
  const text = `network "${name}": the configuration does not say how byway starts ${technology}`
  return new BywayError('UNAVAILABLE', text, { hint: `set networks.${name}.daemon` })
}
