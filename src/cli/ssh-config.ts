import { EXIT_STATUS } from '../core/errors.ts'
import { userOf } from '../core/resolve.ts'
import type { Machine } from '../core/types.ts'
import { Identities } from '../identities.ts'
import { optionLinesOf } from '../machine-options.ts'
import { sourceFlags } from '../source-flags.ts'
import { type ConfiguredHost, makeClientConfig } from '../ssh/client-config.ts'
import { makeProxyCommand } from '../ssh/proxy-command.ts'
import type { Command } from './command.ts'
import { findSelf } from './self.ts'

/** `byway ssh-config`: what makes ssh, scp, rsync and all that use ssh go through byway. */
export const sshConfigCommand: Command = {
  name: 'ssh-config',
  usage: '',
  describe: 'print the OpenSSH client configuration for all machines',
  flags: {
    fdpass: { type: 'boolean', describe: 'let ssh take over the socket (ProxyUseFdpass)' },
  },
  examples: [
    ['ssh-config > ~/.ssh/byway.conf', 'then: Include byway.conf, at the top of ~/.ssh/config'],
    ['ssh-config --fdpass', 'nothing of byway stays while ssh runs'],
  ],
  run: async ({ flags, global }, context) => {
    const { inventory } = await context.world()
    const fdpass = flags['fdpass'] === true
    const command = { self: findSelf(process.env), flags: sourceFlags(global) }
    const proxyCommand = makeProxyCommand({ ...command, fdpass })
    const identities = new Identities(command)
    const hosts: ConfiguredHost[] = []
    for (const machine of inventory.machines()) hosts.push(await configureHost(machine, identities))
    await context.print(makeClientConfig(hosts, { proxyCommand, fdpass }))
    return EXIT_STATUS.OK
  },
}

async function configureHost(machine: Machine, identities: Identities): Promise<ConfiguredHost> {
  const { name, domain = null } = machine
  const { alias, knownHosts } = await identities.of(machine)
  return {
    hostKeyAlias: alias,
    knownHosts,
    name,
    aliases: domain === null ? [] : [`${name}.${domain}`],
    user: userOf(machine),
    lines: optionLinesOf(machine),
  }
}
