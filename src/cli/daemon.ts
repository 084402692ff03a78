import type { KeeperStatus } from '../core/daemon.ts'
import { EXIT_STATUS } from '../core/errors.ts'
import { askStop } from '../daemons/lease.ts'
import { type Command, JSON_FLAG } from './command.ts'
import { listKept, requireKept } from './daemons.ts'
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
    if (action === 'stop') return stop(name)
    const statuses = (await listKept(name)).map(({ status }) => status)
    await print(flags['json'] === true ? json({ daemons: statuses }) : show(statuses))
    return EXIT_STATUS.OK
  },
}

/** Nothing to stop is an error only when it was named. */
async function stop(name: string | undefined): Promise<number> {
  const kept = name === undefined ? await listKept() : await requireKept(name)
  await Promise.all(kept.map(({ runtime }) => askStop(runtime)))
  return EXIT_STATUS.OK
}

function show(statuses: readonly KeeperStatus[]): string {
  if (statuses.length === 0) return 'byway has no daemon running\n'
  const rows = statuses.map(({ name, state, progress, daemon, age, ...use }) => [
    name,
    state === 'starting' ? `starting, ${progress.percent} %` : state,
    daemon === null ? '-' : String(daemon),
    state === 'silent' ? '-' : `${age} s`,
    state === 'silent' ? '-' : describeUse(use),
  ])
  return table(['Daemon', 'State', 'Process', 'Age', 'Used by'], rows)
}

function describeUse({ held, users, streams }: Pick<KeeperStatus, 'held' | 'users' | 'streams'>) {
  const uses = [
    ...(held ? ['byway up'] : []),
    ...users.map((pid) => `process ${pid}`),
    ...(streams > 0 ? [`${streams} stream${streams > 1 ? 's' : ''}`] : []),
  ]
  return uses.length > 0 ? uses.join(', ') : 'nobody'
}
