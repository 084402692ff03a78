import { join } from 'node:path'
import type { KeeperStatus } from '../core/daemon.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { DAEMONS, runtimeFolder } from '../daemon-wiring.ts'
import { askStatus, askStop } from '../daemons/lease.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { json } from './ui/output.ts'
import { table } from './ui/table.ts'

/** `byway daemon`: what byway started, who uses it, and the end of it. */
export const daemonCommand: Command = {
  name: 'daemon',
  usage: '[action] [daemon]',
  choices: { action: ['list', 'stop'] },
  describe: 'the daemons that byway started: list them, stop them',
  flags: JSON_FLAG,
  examples: [
    ['daemon list', 'what runs, and who uses it'],
    ['daemon stop tor', 'end tor; what goes through it ends, too'],
  ],
  run: async ({ words: [action = 'list', name], flags }, { print }) => {
    const names = name === undefined ? DAEMONS : [requireDaemon(name)]
    if (action === 'stop') return stop(name)
    const statuses = await listDaemons(names)
    await print(flags['json'] === true ? json({ daemons: statuses }) : show(statuses))
    return EXIT_STATUS.OK
  },
}

async function listDaemons(names: readonly string[]): Promise<KeeperStatus[]> {
  const statuses = await Promise.all(names.map((name) => askStatus(folderOf(name))))
  return statuses.filter((status) => status !== null)
}

/** Nothing to stop is an error only when it was named. */
async function stop(name: string | undefined): Promise<number> {
  const names = name === undefined ? DAEMONS : [name]
  const stopped = await Promise.all(names.map((one) => askStop(folderOf(one))))
  if (name === undefined || stopped.includes(true)) return EXIT_STATUS.OK
  throw new BywayError('NOHOST', `byway has no ${name} running`)
}

function folderOf(name: string): string {
  return join(runtimeFolder(process.env), name)
}

function requireDaemon(name: string): string {
  if (DAEMONS.some((known) => known === name)) return name
  const [near] = nearest(name, DAEMONS)
  throw new BywayError('NOHOST', `no daemon "${name}"`, {
    hint: near === undefined ? `byway starts: ${DAEMONS.join(', ')}` : `did you mean ${near}?`,
  })
}

function show(statuses: readonly KeeperStatus[]): string {
  if (statuses.length === 0) return 'byway has no daemon running\n'
  const rows = statuses.map(({ name, state, progress, daemon, users, streams, age }) => [
    name,
    state === 'starting' ? `starting, ${progress.percent} %` : state,
    daemon === null ? '-' : String(daemon),
    `${age} s`,
    String(users.length),
    String(streams),
  ])
  return table(['Daemon', 'State', 'Process', 'Age', 'Waiting', 'Streams'], rows)
}
