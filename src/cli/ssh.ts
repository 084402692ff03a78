import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { BywayError } from '../core/errors.ts'
import { userOf } from '../core/resolve.ts'
import { Identities, identityOptions } from '../identities.ts'
import { optionsOf } from '../machine-options.ts'
import { sourceFlags } from '../source-flags.ts'
import { makeProxyCommand } from '../ssh/proxy-command.ts'
import type { Command } from './command.ts'
import { findSelf } from './self.ts'

/** What a terminal sends to ssh as well: ssh decides, byway stays until it has. */
const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT'] as const

/** `byway ssh`: OpenSSH itself, with no configuration needed. */
export const sshCommand: Command = {
  name: 'ssh',
  usage: '<machine> [arguments..]',
  describe: 'run OpenSSH through byway, with what the inventory says of the machine',
  flags: {},
  examples: [
    ['ssh web01', 'a shell on web01'],
    ['ssh web01 -- -N -L 8080:db:80', 'any arguments of ssh'],
  ],
  run: async ({ words: [word = '', ...rest], global }, context) => {
    const world = await context.world()
    const at = word.lastIndexOf('@')
    const machine = await world.findMachine(word.slice(at + 1))
    const user = at > 0 ? word.slice(0, at) : userOf(machine)
    const command = { self: findSelf(process.env), flags: sourceFlags(global) }
    const identity = await new Identities(command).of(machine)
    const own = [
      `ProxyCommand=${makeProxyCommand({ ...command, fdpass: false })}`,
      'ProxyUseFdpass=no',
      ...identityOptions(identity),
    ]
    const options = [
      ...own.flatMap((option) => ['-o', option]),
      ...(user === null ? [] : ['-l', user]),
      ...optionsOf(machine).flatMap((option) => option.words),
    ]
    return runSsh([...options, machine.name, ...rest])
  },
}

function runSsh(args: readonly string[]): Promise<number> {
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {})
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, { stdio: 'inherit' })
    child.on('error', (cause) => {
      const hint = 'install the OpenSSH client'
      reject(new BywayError('UNAVAILABLE', `run ssh: ${cause.message}`, { cause, hint }))
    })
    child.on('exit', (status, signal) => {
      resolve(signal === null ? (status ?? 0) : 128 + constants.signals[signal])
    })
  })
}
