import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve as absolute } from 'node:path'
import type { GlobalFlags } from '../arguments.ts'
import { unwatch } from '../children/with-us.ts'
import { BywayError } from '../core/errors.ts'
import { userOf } from '../core/resolve.ts'
import type { Machine } from '../core/types.ts'
import { Identities, type Identity, identityOptions } from '../identities.ts'
import { askpassEnvironment, INSTALLER, INSTALLER_USER, readInstaller } from '../installer.ts'
import { namesSource } from '../inventory/locate.ts'
import { readSshOptions } from '../inventory/ssh-options.ts'
import { hasLine, optionLinesOf, optionsOf } from '../machine-options.ts'
import { sourceFlags } from '../source-flags.ts'
import type { KnownHostsCommandParts } from '../ssh/known-hosts-command.ts'
import { makeProxyCommand } from '../ssh/proxy-command.ts'
import { makeWorld } from '../wiring.ts'
import type { Command } from './command.ts'
import { findSelf } from './self.ts'
import { makeVoice } from './ui/voice.ts'

/** What a terminal sends to ssh as well: ssh decides, byway stays until it has. */
const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT'] as const

/** What may be sent to byway alone, and is meant for ssh as well. */
const ENDING_SIGNALS = ['SIGTERM', 'SIGHUP'] as const

/** A connection that is shared (ControlMaster) goes by the name alone, which another source may have. */
const OWN_CONNECTION = 'ControlPath=none'

/** `byway ssh`: OpenSSH itself, with no configuration needed. */
export const sshCommand: Command = {
  name: 'ssh',
  usage: '[machine] [arguments..]',
  describe: 'run OpenSSH through byway, with what the inventory says of the machine',
  flags: {
    json: {
      type: 'string',
      value: 'file',
      describe: "the machine that an installer's QR code (a file) tells of",
    },
  },
  examples: [
    ['ssh web01', 'a shell on web01'],
    ['ssh web01 -- -N -L 8080:db:80', 'any arguments of ssh'],
    ['ssh --json qr.json', 'an installer, which is in no inventory'],
  ],
  run: async ({ words, flags, global }, context) => {
    const { json } = flags
    if (typeof json === 'string') return sshToInstaller(absolute(json), words, global)
    const [word, ...rest] = words
    if (word === undefined) {
      throw new BywayError('USAGE', 'ssh: expected <machine>', { hint: 'byway ssh --help' })
    }
    const world = await context.world()
    const at = word.lastIndexOf('@')
    const machine = await world.findMachine(word.slice(at + 1))
    const user = at > 0 ? word.slice(0, at) : userOf(machine)
    const command = { self: findSelf(process.env), flags: sourceFlags(global) }
    const identity = await new Identities(command).of(machine)
    const more = namesSource(global, process.env) ? [OWN_CONNECTION] : []
    const args = wordsFor(machine, { command, identity, user, more, typed: rest })
    return runSsh(args, process.env)
  },
}

/** How one login is made. */
interface Login {
  readonly command: KnownHostsCommandParts
  readonly identity: Identity
  readonly user: string | null
  /** further options, each `Keyword=value`; what was typed goes before them */
  readonly more: readonly string[]
  /** what stands behind the machine's name on our command line */
  readonly typed: readonly string[]
}

/**
 * The words for ssh. What was typed goes before what the inventory says, which is given by `-o`: there
 * the first of two counts, and of letters it may be the last.
 */
function wordsFor(machine: Machine, { command, identity, user, more, typed }: Login): string[] {
  const own = [
    `ProxyCommand=${makeProxyCommand({ ...command, fdpass: false })}`,
    'ProxyUseFdpass=no',
    ...identityOptions(identity),
  ]
  const options = leadingOptions(typed)
  return [
    ...own.flatMap((option) => ['-o', option]),
    ...options,
    ...more.flatMap((option) => ['-o', option]),
    ...(user === null ? [] : ['-l', user]),
    ...optionLinesOf(machine).flatMap((line) => ['-o', line]),
    ...optionsOf(machine).flatMap((option) => (hasLine(option) ? [] : option.words)),
    machine.name,
    ...typed.slice(options.length),
  ]
}

/** The words up to the first that is no option of ssh's, or the value of one. */
function leadingOptions(words: readonly string[]): readonly string[] {
  const options = readSshOptions(words)
  const end = options.findIndex((option) => 'problem' in option)
  return options.slice(0, end === -1 ? undefined : end).flatMap((option) => option.words)
}

/** The file is an inventory of one machine; its password, where it has one, goes before any key. */
async function sshToInstaller(
  file: string,
  words: readonly string[],
  { config, verbosity }: GlobalFlags,
): Promise<number> {
  const { alias, password } = readInstaller(file)
  const flags = { inventory: file, config, verbosity }
  const world = await makeWorld(flags, makeVoice(verbosity))
  const machine = await world.findMachine(INSTALLER)
  const self = findSelf(process.env)
  const order = 'PreferredAuthentications=password,keyboard-interactive,publickey'
  const once = [order, 'NumberOfPasswordPrompts=1']
  const args = wordsFor(machine, {
    command: { self, flags: sourceFlags(flags) },
    identity: { alias, knownHosts: null },
    user: userOf(machine) ?? INSTALLER_USER,
    more: [OWN_CONNECTION, ...(password === null ? [] : once)],
    typed: words,
  })
  if (password === null) return runSsh(args, process.env)
  return runSsh(args, { ...process.env, ...askpassEnvironment(self.at(-1) ?? '', file) })
}

/** Its status; a signal that is to end byway ends ssh first, and byway then by the same. */
function runSsh(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  unwatch()
  let endedBy: NodeJS.Signals | null = null
  const forward = (signal: NodeJS.Signals) => {
    endedBy ??= signal
    child.kill(signal)
  }
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {})
  for (const signal of ENDING_SIGNALS) process.on(signal, forward)
  const child = spawn('ssh', args, { stdio: 'inherit', env })
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => {
      const hint = 'install the OpenSSH client'
      reject(new BywayError('UNAVAILABLE', `run ssh: ${cause.message}`, { cause, hint }))
    })
    child.on('exit', (status, signal) => {
      if (endedBy === null) {
        return resolve(signal === null ? (status ?? 0) : 128 + constants.signals[signal])
      }
      for (const other of ENDING_SIGNALS) process.off(other, forward)
      process.kill(process.pid, endedBy)
    })
  })
}
