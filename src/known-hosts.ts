import type { GlobalFlags } from './arguments.ts'
import { BywayError } from './core/errors.ts'
import type { Machine, Tell } from './core/types.ts'
import { readHostKeys } from './host-keys.ts'
import { whyNotKept } from './inventory/cache-file.ts'
import { showFlake } from './inventory/flake.ts'
import { xdgFolder } from './inventory/locate.ts'
import { type OpenedInventory, openInventory } from './inventory/open.ts'
import { authorityLine, hostKeyLine } from './ssh/host-key.ts'

/** A `known-hosts` command line, understood. */
export interface KnownHostsLine {
  readonly flags: GlobalFlags
  /** what known_hosts would be searched for: a name, or `[name]:port` */
  readonly host: string
}

/**
 * The lines of known_hosts for a host, as ssh wants them of its KnownHostsCommand: the keys that
 * the clan's vars have for this machine, under the very name that was asked for. None for a machine
 * that nobody knows. Evaluates no flake whose evaluation can be kept: ssh waits meanwhile, and whoever
 * made the connection has had it evaluated. Throws what is wrong with the inventory.
 */
export async function findKnownHosts({ flags, host }: KnownHostsLine, tell: Tell): Promise<string> {
  const name = /^\[(.*)\](?::\d+)?$/.exec(host)?.[1] ?? host
  const { env } = process
  const evaluate = async (flake: string, limit: number) => {
    if (whyNotKept(xdgFolder('CACHE', env)) === null) throw isNotEvaluated(flake)
    const { awaitFirst } = await import('./renewal-wait.ts')
    return awaitFirst(flake, { flags, env, voice: { tell, progress: () => {} }, limit })
  }
  const inventory = await openInventory(flags, { env, tell, evaluate })
  const machine = findOnly(inventory, name)
  if (machine === null) return ''
  const { keys, authorities } = await readHostKeys(machine, inventory.header.sources)
  // ssh goes by names in lower case, and a certificate's name is as the machine's: its key has to do
  const certified = keys.length === 0 || isLower(machine.name) ? authorities : []
  const lines = [
    ...keys.map((key) => hostKeyLine(host, key)),
    ...certified.map((key) => authorityLine(host, key)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * By its name, or the one whose name ssh has written in lower case. A name that two have is no
 * machine's: ssh then asks, as it does for a stranger.
 */
function findOnly(inventory: OpenedInventory, name: string): Machine | null {
  try {
    return inventory.find(name) ?? findByLowerCase(inventory, name)
  } catch {
    return null
  }
}

function findByLowerCase(inventory: OpenedInventory, name: string): Machine | null {
  const found = [...inventory.machines()].filter((machine) => {
    const full = `${machine.name}.${machine.domain ?? ''}`
    return [machine.name, full].some((one) => !isLower(one) && one.toLowerCase() === name)
  })
  return found.length === 1 ? (found[0] ?? null) : null
}

function isLower(name: string): boolean {
  return name === name.toLowerCase()
}

function isNotEvaluated(flake: string): BywayError {
  return new BywayError('NOINPUT', `flake "${showFlake(flake)}" was not evaluated yet`)
}
