import { userOf } from './core/resolve.ts'
import type { Machine } from './core/types.ts'
import { Identities } from './identities.ts'
import type { SourceFlags } from './inventory/locate.ts'
import type { OpenedInventory } from './inventory/open.ts'
import { optionLinesOf, optionsWithoutLine } from './machine-options.ts'
import { findRefused } from './refused-lines.ts'
import { sourceFlags } from './source-flags.ts'
import { type ConfiguredHost, makeClientConfig } from './ssh/client-config.ts'
import { makeProxyCommand } from './ssh/proxy-command.ts'
import { aliasesAmong, findTwins } from './ssh-names.ts'

/** What a configuration for ssh is made of, besides the inventory. */
export interface ConfigParts {
  /** byway as the configuration runs it: a program and its first arguments, absolute */
  readonly self: readonly string[]
  readonly sources: SourceFlags
  readonly fdpass: boolean
}

/** A configuration for ssh. */
export interface Configuration {
  /** ssh_config(5) */
  readonly text: string
  /** what a person is to know of it, a sentence part each */
  readonly warnings: readonly string[]
}

/** Machines that a warning names at most. */
const NAMED = 5

/**
 * The configuration by which ssh reaches the inventory's machines through byway. Options that this
 * computer's ssh would refuse are not in it, as one of them would end every ssh.
 */
export async function configureMachines(
  inventory: OpenedInventory,
  { self, sources, fdpass }: ConfigParts,
): Promise<Configuration> {
  const command = { self, flags: sourceFlags(sources) }
  const identities = new Identities(command)
  const machines = [...inventory.machines()]
  const aliasesOf = aliasesAmong(machines)
  const hosts: ConfiguredHost[] = []
  const warnings = findTwins(machines)
  for (const machine of machines) {
    hosts.push({ ...(await configureHost(machine, identities)), aliases: aliasesOf(machine) })
    warnings.push(...optionsWithoutLine(machine).map((option) => warnOfLetter(machine, option)))
  }
  const refused = await findRefused(hosts.flatMap(({ lines }) => lines))
  const sound = hosts.map((host) => ({
    ...host,
    lines: host.lines.filter((line) => !refused.has(line)),
  }))
  const proxyCommand = makeProxyCommand({ ...command, fdpass })
  return {
    text: makeClientConfig(sound, { proxyCommand, fdpass }),
    warnings: [...warnings, ...[...refused].map((one) => warnOfLine(one, hosts))],
  }
}

function warnOfLetter({ name }: Machine, option: string): string {
  return `${name}: only "byway ssh" applies ${option}: ssh's configuration has no word for it`
}

function warnOfLine([line, why]: [string, string], hosts: readonly ConfiguredHost[]): string {
  const names = hosts.filter(({ lines }) => lines.includes(line)).map(({ name }) => name)
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  return `${names.slice(0, NAMED).join(', ')}${more}: "${line}" is left out, as ssh refuses it: ${why}`
}

async function configureHost(
  machine: Machine,
  identities: Identities,
): Promise<Omit<ConfiguredHost, 'aliases'>> {
  const { alias, knownHosts } = await identities.of(machine)
  return {
    name: machine.name,
    user: userOf(machine),
    hostKeyAlias: alias,
    knownHosts,
    lines: optionLinesOf(machine),
  }
}
