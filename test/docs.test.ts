import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Flag, GLOBAL_FLAGS } from '../src/arguments.ts'
import { COMMANDS } from '../src/cli/main.ts'
import { EXIT_STATUS } from '../src/core/errors.ts'
import { TECHNOLOGIES } from '../src/core/technologies.ts'
import { parseConfig } from '../src/inventory/config.ts'
import { parseInventory } from '../src/inventory/parse.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
/** Pages of ours: not those of what is installed or built. */
const PAGES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.md') && !/(^|\/)(node_modules|dist|\.git|coverage)\//.test(file),
)
/** What yargs gives every command line. */
const BUILT_IN = ['--help', '--version']

/** A command line of byway's in the README: its command, empty where there is none, and its flags. */
interface Line {
  readonly text: string
  readonly command: string
  readonly flags: readonly string[]
}

const docs = suite('documentation')

for (const page of PAGES) {
  docs(`${page}: every relative link leads somewhere`, () => {
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      assert.ok(existsSync(join(ROOT, file)), `${target}: no such file`)
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), `${target}: no heading`)
    }
  })
}

docs('README: every command and flag in it is there', () => {
  for (const { text, command, flags } of linesOf(README)) {
    const found = COMMANDS.find(({ name }) => name === command)
    assert.ok(found !== undefined || command === '', `${text}: no such command`)
    const known = [...BUILT_IN, ...spell(GLOBAL_FLAGS), ...spell(found?.flags ?? {})]
    for (const flag of flags) assert.ok(known.includes(flag), `${text}: no such flag`)
  }
})

for (const { name, usage, flags } of COMMANDS) {
  docs(`README: byway ${name} is in the table of commands, with all its flags`, () => {
    const row = README.split('\n').find((line) =>
      line.startsWith(`| \`${`byway ${name} ${usage}`.trim()}\``),
    )
    assert.ok(row, 'expected a row with its usage')
    const named = [...(row ?? '').matchAll(/`([^`]*)`/g)].flatMap(([, code = '']) => flagsIn(code))
    for (const flag of spell(flags)) assert.ok(named.includes(flag), `expected ${flag}`)
    const known = [...spell(GLOBAL_FLAGS), ...spell(flags)]
    for (const flag of named) assert.ok(known.includes(flag), `${flag}: no such flag`)
  })
}

docs('README: names the flags that every command takes', () => {
  const named = README.split('\n\n').find((text) => text.startsWith('Every command takes')) ?? ''
  for (const flag of spell(GLOBAL_FLAGS)) assert.ok(named.includes(flag), `expected ${flag}`)
})

docs('README: the table of exit statuses is that of the code', () => {
  const rows = [...section('Exit status').matchAll(/^\| (\d+) \|/gm)].map(([, code]) =>
    Number(code),
  )
  assert.equal(rows, Object.values(EXIT_STATUS))
})

docs('README: the table of networks has every technology, with its priority', () => {
  const rows = [...section('Networks').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)]
  const named = rows.map(([, name, priority]) => `${name} ${priority}`)
  const known = TECHNOLOGIES.map(({ name, priority }) => `${name} ${priority}`)
  assert.equal(named.sort(), known.sort())
})

for (const title of ['Start: a handful of servers', 'The inventory']) {
  docs(`README: the example of "${title}" is an inventory`, () => {
    const [example = ''] = examplesOf(title)
    assert.equal(parseInventory(example, 'README.md').warnings, [])
  })
}

docs('README: the example of "The configuration" is one', () => {
  const [example = ''] = examplesOf('The configuration')
  assert.ok(parseConfig(example, 'README.md').networks.size > 0)
})

for (const title of ['The inventory', 'The configuration']) {
  docs(`README: every key in the example of "${title}" is explained`, () => {
    const words = [section('The inventory'), section(title)].map(withoutBlocks).join('\n')
    const explained = new Set([...words.matchAll(/["`](\w+)["`]/g)].map(([, key]) => key))
    for (const key of keysOf(JSON.parse(examplesOf(title)[0] ?? ''))) {
      assert.ok(explained.has(key), `expected \`${key}\``)
    }
  })
}

docs('README: the Node that it names is the one that package.json asks for', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = [...README.matchAll(/Node(?:\.js)? ([\d.]+) or newer/g)].map(
    ([, version]) => version,
  )
  assert.ok(named.length > 0)
  for (const version of named) assert.is(`>=${version}`, engines.node)
})

docs.run()

/** A page without its blocks and pieces of code. */
function prose(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return withoutBlocks(text).replace(/`[^`\n]*`/g, '')
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '')
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const text = withoutBlocks(readFileSync(join(ROOT, page), 'utf8'))
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** From a heading to the next one of its level or above. */
function section(title: string): string {
  const [start = '', level = ''] =
    README.match(new RegExp(`^(#+) ${title.replace(/[()]/g, '\\$&')}\n`, 'm')) ?? []
  assert.ok(start !== '', `expected the heading "${title}"`)
  const rest = README.slice(README.indexOf(start) + start.length)
  return rest.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? ''
}

function examplesOf(title: string): string[] {
  return [...section(title).matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
}

/** What is typed in code, and no output of `byway:` itself. */
function linesOf(text: string): Line[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
  const pieces = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)]
  const typed = [
    ...blocks.flatMap((code) => code.split('\n')),
    ...pieces.map(([, code = '']) => code),
  ]
  return typed.flatMap((code) => code.split(/ [|>] |;|&&/)).flatMap(readLine)
}

/** A program's own arguments stand behind `--`. */
function readLine(code: string): Line[] {
  const match = /^(?:\$ )?\s*byway ([a-z-].*)$/.exec(code)
  if (match === null) return []
  const [own = ''] = (match[1] ?? '').split(' -- ')
  const command = own.split(' ').find((word) => !word.startsWith('-')) ?? ''
  return [{ text: code, command, flags: flagsIn(own) }]
}

function flagsIn(code: string): string[] {
  return (
    code.match(/(?<![\w-])--?[a-z][\w-]*/g)?.map((flag) => (flag === '-vv' ? '-v' : flag)) ?? []
  )
}

function spell(flags: Readonly<Record<string, Flag>>): string[] {
  return Object.entries(flags).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ])
}

/** Keys that have a meaning: names that somebody chose, and what a var is made of, left out. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(keysOf)
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const named = ['networks', 'peers', 'daemons', 'onionAuth'].includes(key)
    const members = named ? Object.values(inner as object).flatMap(keysOf) : keysOf(inner)
    return key === 'var' ? [] : [key, ...members]
  })
}
