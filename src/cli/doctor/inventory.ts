import { BywayError, messageOf } from '../../core/errors.ts'
import { showFlake } from '../../inventory/flake.ts'
import { isFresh, knownFailure } from '../../inventory/freshness.ts'
import { xdgFolder } from '../../inventory/locate.ts'
import { findTwins } from '../../ssh-names.ts'
import { type Check, type Finding, failure, good, type Patient, warning } from './check.ts'

/** Is there an inventory, valid, and as new as its flakes? */
export const inventory: Check = {
  name: 'inventory',
  run: ({ world, fault, env }) => {
    if (world === null) return [broken(fault)]
    const machines = [...world.inventory.machines()]
    const { networks, sources } = world.inventory.header
    const from = sources.map(({ name }) => name).join(', ')
    if (machines.length === 0) return [warning(`no machine in ${from}`, 'byway list -v')]
    return [
      good(`${machines.length} machines in ${networks.length} networks, from ${from}`),
      ...findTwins(machines).map((text) => warning(text, 'give one of them another name')),
      ...world.inventory.flakes.flatMap((flake) => examineFlake(flake, env)),
    ]
  },
}

function broken(fault: unknown): Finding {
  const hint = fault instanceof BywayError ? fault.hint : undefined
  return failure(messageOf(fault), hint ?? 'byway list -v')
}

function examineFlake(flake: string, env: Patient['env']): Finding[] {
  const cache = xdgFolder('CACHE', env)
  const failed = knownFailure(flake, cache)
  const shown = showFlake(flake)
  if (failed !== null) return [warning(`${shown} is out of date: ${failed}`, 'byway refresh')]
  return isFresh(flake, cache) ? [] : [warning(`${shown} has changed since`, 'byway refresh')]
}
