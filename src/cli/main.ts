import yargs, { type Argv } from 'yargs'
import { type Flag, GLOBAL_FLAGS, type GlobalFlags } from '../arguments.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { makeWorld } from '../wiring.ts'
import type { Command, Context, Given } from './command.ts'
import { completionCommand } from './completion.ts'
import { connectCommand } from './connect.ts'
import { daemonCommand } from './daemon.ts'
import { doctorCommand } from './doctor.ts'
import { downCommand } from './down.ts'
import { explainCommand } from './explain.ts'
import { importCommand } from './import.ts'
import { knownHostsCommand } from './known-hosts.ts'
import { listCommand } from './list.ts'
import { pingCommand } from './ping.ts'
import { refreshCommand } from './refresh.ts'
import { sshCommand } from './ssh.ts'
import { sshConfigCommand } from './ssh-config.ts'
import { statusCommand } from './status.ts'
import { print as printToStdout } from './ui/output.ts'
import { styleFor } from './ui/style.ts'
import { makeVoice } from './ui/voice.ts'
import { upCommand } from './up.ts'
import { checkChoice, usageError } from './usage-error.ts'
import { VERSION } from './version.ts'

/** Every command, in the order of the help. A new one is a file beside this and a line here. */
export const COMMANDS: readonly Command[] = [
  connectCommand,
  listCommand,
  pingCommand,
  explainCommand,
  statusCommand,
  sshCommand,
  sshConfigCommand,
  importCommand,
  knownHostsCommand,
  refreshCommand,
  daemonCommand,
  upCommand,
  downCommand,
  doctorCommand,
  completionCommand,
]

/**
 * Runs any command line, with what it prints given to `print`; the exit status. Throws a
 * `BywayError`, USAGE for a line that is wrong.
 */
export async function runCli(
  argv: readonly string[],
  print: Context['print'] = printToStdout,
): Promise<number> {
  let status: number = EXIT_STATUS.OK
  const parser = makeParser(argv, async (command, given) => {
    status = await command.run(given, makeContext(given.global, print))
  })
  let output = ''
  await parser.parseAsync(nameStdin(argv), {}, (error, _, text) => {
    if (error) throw error
    output = text
  })
  if (output !== '') await print(`${output}\n`)
  return status
}

type Run = (command: Command, given: Given) => Promise<void>

/** The yargs parser of all commands; `run` is called for the one that is asked for. */
function makeParser(argv: readonly string[], run: Run): Argv {
  const parser: Argv = yargs()
  parser
    .scriptName('byway')
    .usage('$0 <command>\n\nThe best network to a machine, for ssh.')
    .example('byway ssh web01', 'a shell on web01, by the best network')
    .example('byway explain web01', 'what was tried, and what came of it')
    .parserConfiguration({
      'populate--': true,
      'duplicate-arguments-array': true,
      // a machine may be called 007 or 1e3
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    // what it says is read again by usageError
    .locale('en')
    .options(toYargs(GLOBAL_FLAGS))
    .group([...Object.keys(GLOBAL_FLAGS), 'version', 'help'], 'Options of every command:')
    .version('version', 'print the version', VERSION)
    .strict()
    .demandCommand(1, 'no command given')
    .help('help', 'this help')
    .alias('help', 'h')
    .wrap(80)
    .exitProcess(false)
    .fail((message, error) => {
      // yargs has an error of its own for a flag without its value
      const ours = error !== undefined && error !== null && error.name !== 'YError'
      if (ours) throw error
      throw usageError({ message: message ?? error?.message, argv, commands: COMMANDS })
    })
  return COMMANDS.reduce((chain, command) => addCommand(chain, command, run), parser)
}

function addCommand(parser: Argv, command: Command, run: Run): Argv {
  return parser.command(
    `${command.name} ${command.usage}`.trim(),
    command.describe,
    (own) => {
      const line = own.options(toYargs(command.flags))
      for (const [example, what] of command.examples) line.example(`byway ${example}`, what)
      return line
    },
    (args) => run(command, readGiven(command, args)),
  )
}

function makeContext(flags: GlobalFlags, print: Context['print']): Context {
  return {
    world: (voice = makeVoice(flags.verbosity)) => makeWorld(flags, voice),
    print,
    commands: COMMANDS,
    style: styleFor(process.stdout, process.env),
  }
}

/** A word `-` is stdin, and yargs would lose it. */
function nameStdin(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  return argv.map((word, i) => (word === '-' && (end < 0 || i < end) ? '/dev/stdin' : word))
}

/** yargs's result in our own words. */
function readGiven(command: Command, args: Record<string, unknown>): Given {
  const words = [...command.usage.matchAll(/[<[](\w+)(\.\.)?[>\]]/g)].flatMap(([, place = '']) => {
    const values = args[place] === undefined ? [] : [args[place]].flat().map(String)
    for (const value of values) checkChoice(command, place, value)
    return values
  })
  const rest = Array.isArray(args['--']) ? args['--'].map(String) : []
  const { inventory, flake, config, verbose } = args
  return {
    words: [...words, ...rest],
    flags: args,
    global: {
      inventory: lastOf('inventory', inventory),
      flake: lastOf('flake', flake),
      config: lastOf('config', config),
      verbosity: [verbose].flat().filter((one) => one === true).length,
    },
  }
}

/** A flag that may stand once. Throws USAGE when it stands more often, or without its value. */
function lastOf(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  throw new BywayError('USAGE', `--${name}: expected one value`)
}

function toYargs(flags: Readonly<Record<string, Flag>>) {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple, describe }]) => {
      const array = multiple === true && type === 'string'
      const alias = short === undefined ? {} : { alias: short }
      return [name, { type, describe, ...alias, ...(array ? { array, nargs: 1 } : {}) } as const]
    }),
  )
}
