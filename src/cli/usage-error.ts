import { type Flag, GLOBAL_FLAGS } from '../arguments.ts'
import { BywayError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { Command } from './command.ts'

/** Flags that every command line has from the parser itself. */
const BUILT_IN: Readonly<Record<string, Flag>> = {
  help: { type: 'boolean', short: 'h', describe: '' },
  version: { type: 'boolean', describe: '' },
}

/** A command line that is wrong. */
export interface WrongLine {
  /** what yargs says of it */
  readonly message: string
  readonly argv: readonly string[]
  readonly commands: readonly Command[]
}

/** Yargs's words in ours; what it leaves unsaid comes from the command's usage. */
const MESSAGES: readonly (readonly [RegExp, (found: string, command: Command) => string])[] = [
  [/^Not enough non-option arguments: got (\d+)/, (got, { usage }) => `${missing(usage, got)}`],
  [/^Unknown arguments?: (.*)/, (words) => `unexpected ${quoteAll(words)}`],
  [/^Not enough arguments following: (.*)/, (flag) => `${dashed(flag)}: expected a value`],
]

/** What is wrong with the line; a flag or a command that nobody knows goes first. */
export function usageError({ message, argv, commands }: WrongLine): BywayError {
  const [word = ''] = argv.filter((argument) => !argument.startsWith('-'))
  const command = commands.find(({ name }) => name === word)
  const flags = { ...GLOBAL_FLAGS, ...BUILT_IN, ...command?.flags }
  const flag = unknownFlag(argv, flags)
  if (flag !== null) {
    const known = Object.keys(flags).map((name) => `--${name}`)
    return unknownWord({ kind: 'flag', word: flag, known })
  }
  if (command !== undefined) return wrongCommand(message, command)
  if (word !== '') {
    return unknownWord({ kind: 'command', word, known: commands.map(({ name }) => name) })
  }
  return new BywayError('USAGE', lowerFirst(message), { hint: 'byway --help shows all' })
}

/** Throws USAGE, with the nearest known one, when a word is none of those that may stand there. */
export function checkChoice(command: Command, place: string, word: string): void {
  const known = command.choices?.[place]
  if (known === undefined || known.includes(word)) return
  throw unknownWord({ kind: place, word, known, before: `${command.name} ` })
}

function wrongCommand(message: string, command: Command): BywayError {
  const hint = `byway ${command.name} --help`
  for (const [pattern, describe] of MESSAGES) {
    const found = pattern.exec(message)?.[1]
    if (found === undefined) continue
    return new BywayError('USAGE', `${command.name}: ${describe(found, command)}`, { hint })
  }
  return new BywayError('USAGE', lowerFirst(message), { hint })
}

function unknownWord(found: {
  readonly kind: string
  readonly word: string
  readonly known: readonly string[]
  /** what a person types before it */
  readonly before?: string
}): BywayError {
  const { kind, word, known, before = '' } = found
  const [near] = nearest(word, known)
  const line = kind === 'flag' ? near : `byway ${before}${near}`
  const all = before === '' ? 'byway --help shows all' : `expected ${known.join(' or ')}`
  return new BywayError('USAGE', `unknown ${kind} "${word}"`, {
    hint: near === undefined ? all : `did you mean "${line}"?`,
  })
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
    if (name !== undefined) return !(name in flags)
    return /^-[a-zA-Z]/.test(word) && !letters.includes(word.charAt(1))
  })
  return found?.replace(/=.*/, '') ?? null
}

function missing(usage: string, got: string): string {
  const required = usage.match(/<\w+>/g) ?? []
  return `expected ${required[Number(got)] ?? 'more words'}`
}

function quoteAll(words: string): string {
  return words
    .split(', ')
    .map((word) => JSON.stringify(word))
    .join(', ')
}

function dashed(flag: string): string {
  return flag.length === 1 ? `-${flag}` : `--${flag}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
