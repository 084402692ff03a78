import { CONNECT_FLAGS, makeRequest } from '../arguments.ts'
import { type ConnectNote, readNotes } from '../connect-notes.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { documentRace } from '../core/race-document.ts'
import { resolveRoutes, SSH_PORT } from '../core/resolve.ts'
import { askSsh } from '../ssh-settings.ts'
import { type Command, type Context, type Given, JSON_FLAG } from './command.ts'
import { tryRoutes } from './ping.ts'
import { json } from './ui/output.ts'
import { reportRace, reportSsh, reportStart } from './ui/race-report.ts'

const { network, timeout } = CONNECT_FLAGS

/** `byway explain`: what connect would do, and what came of it, route by route; or of the last one. */
export const explainCommand: Command = {
  name: 'explain',
  usage: '[machine] [port]',
  describe: 'every route: when it was tried, what came back, which one won',
  flags: {
    last: { type: 'boolean', describe: 'the last connect as it was, whoever started it' },
    network,
    timeout,
    ...JSON_FLAG,
  },
  examples: [
    ['explain web01', 'the race for web01, a line per route'],
    ['explain --last', 'why the last login went as it did'],
  ],
  run: (given, context) => {
    return given.flags['last'] === true ? explainLast(given, context) : explainNow(given, context)
  },
}

async function explainNow({ words, flags }: Given, context: Context): Promise<number> {
  const [name, port] = words
  if (name === undefined) {
    throw new BywayError('USAGE', 'explain: no machine given', { hint: 'byway explain --help' })
  }
  const found = flags as Omit<Parameters<typeof makeRequest>[0], 'machine'>
  const request = makeRequest({ ...found, machine: name, port })
  const world = await context.world()
  const machine = await world.findMachine(name)
  const asked = request.port === SSH_PORT ? null : request.port
  const ssh = await askSsh(name, asked)
  // ssh's configuration may name another port, which byway is then asked for
  const routes = resolveRoutes(machine, {
    ...request,
    port: ssh?.byway === true ? ssh.port : request.port,
  })
  const { report, winner } = await tryRoutes(routes, world, request.timeout)
  const race = documentRace(machine.name, report.routes)
  const { style } = context
  await context.print(
    flags['json'] === true
      ? json({ ...race, ssh })
      : `${reportRace(race, style)}\n${reportSsh(name, ssh, style)}`,
  )
  return winner === null ? EXIT_STATUS.UNAVAILABLE : EXIT_STATUS.OK
}

/** Neither inventory nor network is needed: it is on record. */
async function explainLast({ words: [name], flags }: Given, context: Context): Promise<number> {
  const note = readNotes(process.env).find((one) => name === undefined || isOf(one, name))
  if (note === undefined) {
    const whose = name === undefined ? '' : ` to "${name}"`
    throw new BywayError('NOINPUT', `no connect${whose} is on record`)
  }
  const { style } = context
  await context.print(
    flags['json'] === true
      ? json(note)
      : [reportStart(note), ...(note.routes.length > 0 ? [reportRace(note, style)] : [])].join(''),
  )
  return EXIT_STATUS.OK
}

function isOf({ machine, asked }: ConnectNote, name: string): boolean {
  return machine === name || asked === name
}
