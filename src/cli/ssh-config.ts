import { configureMachines } from '../client-config.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { findDrift } from '../ssh-drift.ts'
import { type Plan, planInstall, planUninstall } from '../ssh-install.ts'
import { changeInTurn, pinSources, readInstallation } from '../ssh-places.ts'
import type { Command, Context, Given } from './command.ts'
import { findSelf } from './self.ts'
import { makeVoice } from './ui/voice.ts'

/** What `--check` ends with when something is to be done (see README "Exit status"). */
const DRIFT = 1

/** What may be done with the configuration instead of printing it: one of these flags. */
const ACTIONS = { install, check, uninstall }

/** `byway ssh-config`: what makes ssh, scp, rsync and all that use ssh go through byway. */
export const sshConfigCommand: Command = {
  name: 'ssh-config',
  usage: '',
  describe: 'print the OpenSSH client configuration for all machines, or install it',
  flags: {
    fdpass: { type: 'boolean', describe: 'let ssh take over the socket (ProxyUseFdpass)' },
    install: { type: 'boolean', describe: 'write ~/.ssh/byway.conf, include it in ~/.ssh/config' },
    check: { type: 'boolean', describe: 'is what is installed up to date? 1: no' },
    uninstall: { type: 'boolean', describe: 'undo what --install did' },
    'dry-run': { type: 'boolean', describe: 'only show what would be done' },
  },
  examples: [
    ['ssh-config --install', 'from now on "ssh web01" goes through byway'],
    ['ssh-config --install --dry-run', 'show what that would do'],
    ['ssh-config --fdpass', 'print it; nothing of byway stays while ssh runs'],
  ],
  run: async (given, context) => {
    const { flags, global } = given
    const [action, ...others] = Object.entries(ACTIONS).filter(([name]) => flags[name] === true)
    if (others.length > 0) {
      throw new BywayError('USAGE', 'expected one of --install, --check and --uninstall')
    }
    if (action !== undefined) {
      let status: number = EXIT_STATUS.OK
      await changeInTurn(process.env, async () => {
        status = await action[1](given, context)
      })
      return status
    }
    if (flags['dry-run'] === true) {
      throw new BywayError('USAGE', '--dry-run: expected --install or --uninstall with it')
    }
    const { inventory, tell } = await context.world()
    const fdpass = flags['fdpass'] === true
    const self = findSelf(process.env)
    const { text, warnings } = await configureMachines(inventory, { self, sources: global, fdpass })
    for (const warning of warnings) tell(0, warning)
    await context.print(text)
    return EXIT_STATUS.OK
  },
}

async function install({ flags, global }: Given, context: Context): Promise<number> {
  const at = readInstallation(process.env)
  const wish = {
    self: findSelf(process.env),
    sources: pinSources(global, process.env),
    fdpass: flags['fdpass'] === true,
  }
  const plan = await planInstall(wish, at, makeVoice(global.verbosity))
  if (at.readInstead !== null) {
    await context.print(`note: $HOME is not your home; ssh without -F reads ${at.readInstead}\n`)
  }
  return follow(plan, { flags, context, nothing: 'byway is installed; nothing is to be done' })
}

function uninstall({ flags }: Given, context: Context): Promise<number> {
  const plan = planUninstall(readInstallation(process.env))
  return follow(plan, { flags, context, nothing: 'byway is not installed' })
}

async function check({ flags, global }: Given, { print }: Context): Promise<number> {
  const at = readInstallation(process.env)
  const sources = pinSources(global, {})
  const wish = {
    self: findSelf(process.env),
    ...(Object.keys(sources).length === 0 ? {} : { sources }),
    ...(flags['fdpass'] === true ? { fdpass: true } : {}),
  }
  const drift = await findDrift(at, wish, makeVoice(global.verbosity))
  if (drift.length === 0) {
    await print(`${at.own.path} is up to date\n`)
    return EXIT_STATUS.OK
  }
  await print(`${drift.join('\n')}\nhint: byway ssh-config --install\n`)
  return DRIFT
}

/** Shows a plan, and carries it out unless that was all. */
async function follow(
  { steps, carryOut }: Plan,
  { flags, context, nothing }: { flags: Given['flags']; context: Context; nothing: string },
): Promise<number> {
  const shown = steps.length === 0 ? [nothing] : steps
  await context.print(shown.map((step) => `${step}\n`).join(''))
  if (flags['dry-run'] !== true) await carryOut()
  return EXIT_STATUS.OK
}
