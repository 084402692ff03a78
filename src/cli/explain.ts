import { CONNECT_FLAGS, makeRequest } from '../arguments.ts'
import { EXIT_STATUS } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import { documentRace } from '../core/race-document.ts'
import { resolveRoutes, SSH_PORT } from '../core/resolve.ts'
import { askSsh, type SshSettings } from '../ssh-settings.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { tryRoutes } from './ping.ts'
import { json } from './ui/output.ts'
import { reportRace } from './ui/race-report.ts'
import type { Style } from './ui/style.ts'

const { network, timeout } = CONNECT_FLAGS

/** `byway explain`: what connect would do, and what came of it, route by route. */
export const explainCommand: Command = {
  name: 'explain',
  usage: '<machine> [port]',
  describe: 'every route: when it was tried, what came back, which one won',
  flags: { network, timeout, ...JSON_FLAG },
  examples: [
    ['explain web01', 'the race for web01, a line per route'],
    ['explain --json web01', 'the same for programs'],
  ],
  run: async ({ words: [name = '', port], flags }, context) => {
    const world = await context.world()
    const found = flags as Omit<Parameters<typeof makeRequest>[0], 'machine'>
    const request = makeRequest({ ...found, machine: name, port })
    const machine = await world.findMachine(name)
    const routes = resolveRoutes(machine, request)
    const asked = request.port === SSH_PORT ? null : request.port
    const [{ report, winner }, ssh] = await Promise.all([
      tryRoutes(routes, world, request.timeout),
      askSsh(name, asked),
    ])
    const race = documentRace(machine.name, report.routes)
    const { style } = context
    await context.print(
      flags['json'] === true
        ? json({ ...race, ssh })
        : `${reportRace(race, style)}\n${describeSsh(name, ssh, style)}`,
    )
    return winner === null ? EXIT_STATUS.UNAVAILABLE : EXIT_STATUS.OK
  },
}

/** What ssh will do, and whether that is to ask byway. */
function describeSsh(name: string, ssh: SshSettings | null, style: Style): string {
  if (ssh === null) return `ssh ${name}: ssh did not say what it would do\n`
  const where = printable(`as ${ssh.user} to ${ssh.hostname}, port ${ssh.port}`)
  const who = `ssh ${name}: ${where}`
  if (ssh.byway) return `${who}, ${style.good('through byway')}\n`
  const how = ssh.proxycommand === null ? '' : `, through ${printable(ssh.proxycommand)}`
  const hint = `hint: include what byway ssh-config prints in ~/.ssh/config, or: byway ssh ${name}`
  return `${who}${how}: ${style.warn('byway is not asked')}\n${hint}\n`
}
