/**
 * Prints the manual page byway(1) in mdoc(7), made of the table of commands that the help is made of:
 * `node --import tsx scripts/manual.ts > dist/byway.1`. Its date is $SOURCE_DATE_EPOCH, in seconds.
 */
import { type Flag, GLOBAL_FLAGS } from '../src/arguments.ts'
import type { Command } from '../src/cli/command.ts'
import { COMMANDS } from '../src/cli/main.ts'
import { EXIT_STATUS, type ExitName } from '../src/core/errors.ts'
import * as prose from './manual-prose.ts'

/** of a line of the page's source */
const COLUMNS = 78

const page = [
  `.Dd ${dateOf(Number(process.env['SOURCE_DATE_EPOCH'] ?? 0))}`,
  '.Dt BYWAY 1',
  '.Os',
  '.Sh NAME',
  '.Nm byway',
  '.Nd reach a machine over SSH by the best of several networks',
  '.Sh SYNOPSIS',
  ...COMMANDS.flatMap((command) => ['.Nm', ...synopsis(command)]),
  '.Sh DESCRIPTION',
  ...prose.DESCRIPTION,
  '.Sh COMMANDS',
  ...COMMANDS.flatMap(describeCommand),
  '.Sh OPTIONS',
  'Every command takes these.',
  ...describeFlags({
    ...GLOBAL_FLAGS,
    help: { type: 'boolean', short: 'h', describe: 'the help of the command' },
    version: { type: 'boolean', describe: 'print the version' },
  }),
  '.Sh ENVIRONMENT',
  ...tagged(prose.ENVIRONMENT, 'Ev'),
  '.Sh FILES',
  ...tagged(prose.FILES, 'Pa'),
  '.Sh EXIT STATUS',
  ...describeStatuses(),
  '.Sh EXAMPLES',
  ...prose.EXAMPLES,
  '.Sh SEE ALSO',
  ...prose.SEE_ALSO,
]
process.stdout.write(`${page.join('\n')}\n`)

function describeCommand(command: Command): string[] {
  const { name, describe, flags, examples } = command
  return [
    `.Ss byway ${name}`,
    '.Nm',
    ...synopsis(command),
    '.Pp',
    ...sentences(`${describe}.`),
    ...describeFlags(flags),
    '.Pp',
    '.Bl -tag -width Ds -compact',
    ...examples.flatMap(([line, what]) => [`.It Li byway ${literal(line)}`, ...sentences(what)]),
    '.El',
  ]
}

/** `connect Oo Fl n Ar network Oc Ar machine Op Ar port`, a line each. */
function synopsis({ name, usage, flags }: Command): string[] {
  const words = [...usage.matchAll(/([<[])(\w+)(\.\.)?[>\]]/g)].map(([, bracket, word, more]) => {
    const list = more === undefined ? '' : ' ...'
    return bracket === '<' ? `.Ar ${word}${list}` : `.Op Ar ${word}${list}`
  })
  const options = Object.entries(flags).map(([flag, { value }]) =>
    value === undefined ? `.Op Fl \\-${flag}` : `.Op Fl \\-${flag} Ar ${value}`,
  )
  return [`.Cm ${name}`, ...options, ...words]
}

function describeFlags(flags: Readonly<Record<string, Flag>>): string[] {
  const items = Object.entries(flags).flatMap(([name, { short, type, value, describe }]) => {
    const long = type === 'string' ? `Fl \\-${name} Ar ${value ?? 'value'}` : `Fl \\-${name}`
    return [
      `.It ${short === undefined ? '' : `Fl ${short} , `}${long}`,
      ...sentences(`${describe}.`),
    ]
  })
  return items.length === 0 ? [] : ['.Bl -tag -width Ds', ...items, '.El']
}

function describeStatuses(): string[] {
  const items = Object.entries(EXIT_STATUS).flatMap(([name, status]) => [
    `.It ${status}`,
    ...sentences(`${prose.STATUSES[name as ExitName]}.`),
  ])
  return [
    'The statuses are those of',
    '.In sysexits.h :',
    '.Pp',
    '.Bl -tag -width Ds -compact',
    ...items,
    '.El',
    '.Pp',
    ...prose.OTHER_STATUSES,
  ]
}

function tagged(items: readonly (readonly [tag: string, text: string])[], macro: string): string[] {
  const lines = items.flatMap(([tag, text]) => [`.It ${macro} ${literal(tag)}`, ...sentences(text)])
  return ['.Bl -tag -width Ds', ...lines, '.El']
}

/** Running text: every sentence begins a line, and no line is long, as mdoc wants it. */
function sentences(text: string): string[] {
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return protect(first)
    .split(/(?<=[.;:]) +(?=[A-Z])/)
    .flatMap(fold)
    .map((line) => line.replace(/^(?=[.'])/, '\\&'))
}

/** The words in lines of at most `COLUMNS`. */
function fold(text: string): string[] {
  return text.match(new RegExp(`.{1,${COLUMNS}}(?: |$)`, 'g'))?.map((line) => line.trimEnd()) ?? []
}

/** Words of a macro's line: none of them is taken for a macro or a delimiter. */
function literal(text: string): string {
  return protect(text)
    .replaceAll('-', '\\-')
    .split(' ')
    .map((word) => (/^([A-Z][a-z]{1,2}|[.,:;()[\]?!|])$/.test(word) ? `\\&${word}` : word))
    .join(' ')
}

function protect(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('"', '\\(dq').replaceAll('~', '\\(ti')
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  const month = date.toLocaleString('en', { month: 'long', timeZone: 'UTC' })
  return `${month} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
}
