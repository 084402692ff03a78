import { EXIT_STATUS } from '../core/errors.ts'
import { userOf } from '../core/resolve.ts'
import type { Machine } from '../core/types.ts'
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
    const self = findSelf(process.env)
    const proxyCommand = makeProxyCommand({ self, flags: sourceFlags(global), fdpass })
    const hosts = Array.from(inventory.machines(), configureHost)
    await context.print(makeClientConfig(hosts, { proxyCommand, fdpass }))
    return EXIT_STATUS.OK
  },
}

function configureHost(machine: Machine): ConfiguredHost {
  const { name, domain = null } = machine
  return {
    name,
    aliases: domain === null ? [] : [`${name}.${domain}`],
    user: userOf(machine),
    lines: optionLinesOf(machine),
  }
}
