import { userOf } from './core/resolve.ts'
import type { Machine } from './core/types.ts'
import { Identities } from './identities.ts'
import type { SourceFlags } from './inventory/locate.ts'
import type { OpenedInventory } from './inventory/open.ts'
import { optionLinesOf } from './machine-options.ts'
import { sourceFlags } from './source-flags.ts'
import { type ConfiguredHost, makeClientConfig } from './ssh/client-config.ts'
import { makeProxyCommand } from './ssh/proxy-command.ts'

/** What a configuration for ssh is made of, besides the inventory. */
export interface ConfigParts {
  /** byway as the configuration runs it: a program and its first arguments, absolute */
  readonly self: readonly string[]
  readonly sources: SourceFlags
  readonly fdpass: boolean
}

/** The text of ssh_config(5) by which ssh reaches the inventory's machines through byway. */
export async function configureMachines(
  inventory: OpenedInventory,
  { self, sources, fdpass }: ConfigParts,
): Promise<string> {
  const command = { self, flags: sourceFlags(sources) }
  const identities = new Identities(command)
  const hosts: ConfiguredHost[] = []
  for (const machine of inventory.machines()) hosts.push(await configureHost(machine, identities))
  const proxyCommand = makeProxyCommand({ ...command, fdpass })
  return makeClientConfig(hosts, { proxyCommand, fdpass })
}

async function configureHost(machine: Machine, identities: Identities): Promise<ConfiguredHost> {
  const { name, domain = null } = machine
  const { alias, knownHosts } = await identities.of(machine)
  return {
    name,
    aliases: domain === null ? [] : [`${name}.${domain}`],
    user: userOf(machine),
    hostKeyAlias: alias,
    knownHosts,
    lines: optionLinesOf(machine),
  }
}
