import yargs, { type Argv } from 'yargs'
import { type Flag, GLOBAL_FLAGS, type GlobalFlags } from '../arguments.ts'
import { BywayError, EXIT_STATUS } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { makeWorld } from '../wiring.ts'
import type { Command, Context, Given } from './command.ts'
import { connectCommand } from './connect.ts'
import { daemonCommand } from './daemon.ts'
import { explainCommand } from './explain.ts'
import { listCommand } from './list.ts'
import { pingCommand } from './ping.ts'
import { refreshCommand } from './refresh.ts'
import { sshCommand } from './ssh.ts'
import { sshConfigCommand } from './ssh-config.ts'
import { print } from './ui/output.ts'
import { styleFor } from './ui/style.ts'
import { makeVoice } from './ui/voice.ts'
import { VERSION } from './version.ts'

/** Every command, in the order of the help. A new one is a file beside this and a line here. */
export const COMMANDS: readonly Command[] = [
  connectCommand,
  listCommand,
  pingCommand,
  explainCommand,
  sshCommand,
  sshConfigCommand,
  refreshCommand,
  daemonCommand,
]

/** Runs any command line; the exit status. Throws a `BywayError`, USAGE for a line that is wrong. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let status: number = EXIT_STATUS.OK
  const parser = makeParser(argv, (code) => {
    status = code
  })
  let output = ''
  await parser.parseAsync([...argv], {}, (error, _, text) => {
    if (error) throw error
    output = text
  })
  if (output !== '') await print(`${output}\n`)
  return status
}

/** The yargs parser of all commands; `done` is told the exit status of the one that ran. */
function makeParser(argv: readonly string[], done: (status: number) => void): Argv {
  const parser = yargs()
    .scriptName('byway')
    .usage('$0 <command>\n\nThe best network to a machine, for ssh.')
    .parserConfiguration({
      'populate--': true,
      'duplicate-arguments-array': true,
      // a machine may be called 007 or 1e3
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .options(toYargs(GLOBAL_FLAGS))
    .version(VERSION)
    .strict()
    .demandCommand(1, 'no command given')
    .help()
    .wrap(80)
    .exitProcess(false)
    .fail((message, error) => {
      // yargs has an error of its own for a flag without its value
      const ours = error !== undefined && error !== null && error.name !== 'YError'
      throw ours ? error : usageError(message ?? error?.message, argv)
    })
  return COMMANDS.reduce((chain, command) => addCommand(chain, command, done), parser)
}

function addCommand(parser: Argv, command: Command, done: (status: number) => void): Argv {
  return parser.command(
    `${command.name} ${command.usage}`.trim(),
    command.describe,
    (own) => {
      const line = own.options(toYargs(command.flags))
      for (const [example, what] of command.examples) line.example(`byway ${example}`, what)
      return line
    },
    async (args) => {
      const given = readGiven(command, args)
      done(await command.run(given, makeContext(given.global)))
    },
  )
}

function makeContext(flags: GlobalFlags): Context {
  return {
    world: () => makeWorld(flags, makeVoice(flags.verbosity)),
    print,
    style: styleFor(process.stdout, process.env),
  }
}

/** yargs's result in our own words. */
function readGiven(command: Command, args: Record<string, unknown>): Given {
  const words = [...command.usage.matchAll(/[<[](\w+)(\.\.)?[>\]]/g)].flatMap(([, name = '']) => {
    const value = args[name]
    return value === undefined ? [] : [value].flat().map(String)
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

/** What is wrong with the line, by what yargs says of it; a flag that nobody knows goes first. */
function usageError(message: string, argv: readonly string[]): BywayError {
  const [word = ''] = argv.filter((argument) => !argument.startsWith('-'))
  const command = COMMANDS.find(({ name }) => name === word)
  const flags = { ...GLOBAL_FLAGS, ...command?.flags }
  const flag = unknownFlag(argv, flags)
  if (flag !== null)
    return unknownWord(
      'flag',
      flag,
      Object.keys(flags).map((name) => `--${name}`),
    )
  if (command === undefined && word !== '') {
    return unknownWord(
      'command',
      word,
      COMMANDS.map(({ name }) => name),
    )
  }
  const text = message.charAt(0).toLowerCase() + message.slice(1)
  const hint = word === '' ? 'byway --help shows all' : `byway ${word} --help`
  return new BywayError('USAGE', text, { hint })
}

function unknownWord(kind: string, word: string, known: readonly string[]): BywayError {
  const [near] = nearest(word, known)
  const hint =
    near === undefined
      ? 'byway --help shows all'
      : `did you mean "${kind === 'command' ? 'byway ' : ''}${near}"?`
  return new BywayError('USAGE', `unknown ${kind} "${word}"`, { hint })
}

/** The first word before `--` that looks like a flag and is none; null: there is none. */
function unknownFlag(
  argv: readonly string[],
  flags: Readonly<Record<string, Flag>>,
): string | null {
  const end = argv.indexOf('--')
  const words = argv.slice(0, end < 0 ? argv.length : end)
  const letters = Object.values(flags).flatMap(({ short }) => short ?? [])
  const found = words.find((word) => {
    const name = /^--(?:no-)?([^=]+)/.exec(word)?.[1]
    if (name !== undefined) return !(name in flags || name === 'help' || name === 'version')
    return /^-[a-zA-Z]/.test(word) && !letters.includes(word.charAt(1))
  })
  return found?.replace(/=.*/, '') ?? null
}
